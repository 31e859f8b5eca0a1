// What the reports' pages share: their data, light or dark, and charts that are drawn again when the colours change.
const report = (() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const { words, priorities } = data;
  const get = (id) => document.getElementById(id);
  const make = (name, text, kind) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };

  // Light or dark: as the system says, until the button says otherwise.
  const root = document.documentElement;
  const drawings = [];
  const drawAll = () => drawings.forEach((drawing) => drawing());
  const isDark = () =>
    (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  get("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    drawAll();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
  // Draws the charts now and whenever the colours change, and says when they stood there first.
  function showAll(...given) {
    drawings.push(...given);
    drawAll();
    root.dataset.ready = Math.round(performance.now());
  }

  const drawn = new Map();
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const colours = () => priorities.map((label) => colour(`--${label.toLowerCase()}`));
  function draw(id, config) {
    const place = get(id);
    drawn.get(id)?.destroy();
    let canvas = place.querySelector("canvas");
    if (!canvas) {
      canvas = make("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", place.closest("figure").querySelector("figcaption").textContent.trim());
      place.append(canvas);
    }
    const options = {
      responsive: true, maintainAspectRatio: false, animation: false,
      plugins: { legend: { display: config.data.datasets.length > 1, labels: { color: colour("--ink"), boxWidth: 12 } }, ...config.plugins },
      scales: axes(config),
      indexAxis: config.indexAxis || "x",
    };
    drawn.set(id, new Chart(canvas, { type: "bar", data: config.data, options }));
  }
  function axes(config) {
    const axis = (more) => ({
      stacked: config.data.datasets.length > 1,
      ticks: { color: colour("--quiet"), precision: 0, maxRotation: 0, autoSkip: true, ...more?.ticks },
      grid: { color: colour("--line"), display: !more?.plain },
      title: more?.title ? { display: true, text: more.title, color: colour("--quiet") } : undefined,
      max: more?.max,
    });
    return { x: axis(config.x), y: axis(config.y) };
  }
  const nothing = (id) => void (get(id).firstElementChild.hidden = false);
  // Stacked bars: when each begins, and its counts by priority.
  function drawByPriority(id, starts, counts) {
    if (!starts.length) return nothing(id);
    const fills = colours();
    const datasets = priorities.map((label, place) => ({ label, data: counts[label], backgroundColor: fills[place], barPercentage: 0.95, categoryPercentage: 0.95 }));
    draw(id, { data: { labels: starts, datasets }, x: { plain: true } });
  }
  // What is lacking most first: [name, lacking, needed] each.
  function drawShares(id, given) {
    const found = given.filter(([, lacking]) => lacking);
    found.sort((one, other) => other[1] / other[2] - one[1] / one[2]);
    draw(id, {
      indexAxis: "y",
      data: {
        labels: found.map(([name]) => name),
        datasets: [{ data: found.map(([, lacking, needed]) => Math.round((100 * lacking) / needed)), backgroundColor: colour("--p2"), barPercentage: 0.75 }],
      },
      plugins: { tooltip: { callbacks: { label: (item) => `${item.raw}% (${found[item.dataIndex][1]} / ${found[item.dataIndex][2]})` } } },
      x: { max: 100, ticks: { callback: (value) => `${value}%` } },
      y: { plain: true, ticks: { autoSkip: false } },
    });
  }
  // Promises by priority, in the states that they are in: counts by state.
  function drawByState(id, states) {
    if (!states) return nothing(id);
    const fills = { kept: "--p3", waiting: "--p4", broken: "--p2", "waiting late": "--p1" };
    draw(id, {
      indexAxis: "y",
      data: {
        labels: priorities,
        datasets: Object.entries(states).map(([state, counts]) => ({ label: words[state], data: counts, backgroundColor: colour(fills[state]) })),
      },
      y: { plain: true },
    });
  }
  return { data, get, make, root, colour, draw, drawByPriority, drawShares, drawByState, showAll };
})();
