import { createElement as h, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

function Form() {
  const [round, setRound] = useState(0);
  const [text, setText] = useState("");
  const [isHere, setHere] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setHere(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return h(
    "form",
    { onSubmit: (event) => event.preventDefault() },
    isHere && h("textarea", { key: round, id: "description", "aria-label": "描述", value: text, onChange: (event) => setText(event.target.value) }),
    round < 2 && h("triage-form-hints", { for: "description" }),
    h("pre", { id: "state" }, text),
    h("button", { id: "replace", type: "button", onClick: () => (setRound(1), setText("")) }, "replace"),
    h("button", { id: "leave", type: "button", onClick: () => setRound(2) }, "leave"),
  );
}

createRoot(document.getElementById("root")).render(h(Form));
