import { defineConfig } from "vite";

// Two files: one for a plain script tag, one for `import`. Both stand in the repository, so that nobody needs Node to install.
export default defineConfig({
  build: {
    outDir: "built",
    target: "es2022",
    lib: {
      entry: "src/index.ts",
      name: "triageFormHints",
      formats: ["iife", "es"],
      fileName: (format) => (format === "es" ? "widget.mjs" : "widget.js"),
    },
  },
});
