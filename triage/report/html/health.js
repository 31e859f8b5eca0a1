// Draws the charts of a customer's health report, where the page has a place for them.
(() => {
  "use strict";
  const { data, get, root, drawByPriority, drawShares, drawByState, showAll } = report;
  const promised = (what) => [`${what}-chart`, (id) => drawByState(id, data.promises[what])];
  const charts = [
    ["time-chart", (id) => drawByPriority(id, data.time.starts, data.time.counts)],
    ["missing-chart", (id) => drawShares(id, data.missing)],
    promised("first_response"),
    promised("resolution"),
  ].filter(([id]) => get(id));
  showAll(...charts.map(([id, drawing]) => () => drawing(id)));

  // Paper is light, whatever the screen is.
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    charts.forEach(([id, drawing]) => drawing(id));
  });
  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    charts.forEach(([id, drawing]) => drawing(id));
  });
})();
