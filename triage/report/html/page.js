// Draws the charts and the table of the report. All of a ticket's text goes through textContent.
(() => {
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
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // Light or dark: as the system says, until the button says otherwise.
  const root = document.documentElement;
  const isDark = () =>
    (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  get("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    drawAll();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());

  // Charts. Each is drawn again when the colours change.
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
  function drawTime() {
    const { unit, starts, counts } = data.time;
    get("time-unit").textContent = starts.length ? words[`time_${unit}`] : "";
    if (!starts.length) return void (get("time-chart").firstElementChild.hidden = false);
    const fills = colours();
    const datasets = priorities.map((label, place) => ({ label, data: counts[label], backgroundColor: fills[place], barPercentage: 0.95, categoryPercentage: 0.95 }));
    draw("time-chart", { data: { labels: starts, datasets }, x: { plain: true } });
  }
  function drawMissing() {
    const found = (data.missing[get("missing-whom").value] || []).filter(([, lacking]) => lacking);
    found.sort((one, other) => other[1] / other[2] - one[1] / one[2]);
    draw("missing-chart", {
      indexAxis: "y",
      data: {
        labels: found.map(([name]) => data.elements[name]),
        datasets: [{ data: found.map(([, lacking, needed]) => Math.round((100 * lacking) / needed)), backgroundColor: colour("--p2"), barPercentage: 0.75 }],
      },
      plugins: { tooltip: { callbacks: { label: (item) => `${item.raw}% (${found[item.dataIndex][1]} / ${found[item.dataIndex][2]})` } } },
      x: { max: 100, ticks: { callback: (value) => `${value}%` } },
      y: { plain: true, ticks: { autoSkip: false } },
    });
  }
  function drawScores() {
    draw("score-chart", {
      data: {
        labels: data.scores.map((_, bin) => (bin === 9 ? "90–100" : `${10 * bin}–${10 * bin + 9}`)),
        datasets: [{ data: data.scores, backgroundColor: colour("--p3"), barPercentage: 0.95, categoryPercentage: 0.95 }],
      },
      x: { plain: true, title: words.score_axis },
    });
  }
  function drawPromise() {
    if (!data.promises) return void (get("promise-chart").firstElementChild.hidden = false);
    const fills = { kept: "--p3", waiting: "--p4", broken: "--p2", "waiting late": "--p1" };
    draw("promise-chart", {
      indexAxis: "y",
      data: {
        labels: priorities,
        datasets: Object.entries(data.promises).map(([state, counts]) => ({ label: words[state], data: counts, backgroundColor: colour(fills[state]) })),
      },
      y: { plain: true },
    });
  }
  for (const name of Object.keys(data.missing)) {
    const [group, label] = name.split(":");
    const text = group === "all" ? words.all : group === "kind" ? data.kinds[label] : data.products[label] || label;
    get("missing-whom").append(new Option(text, name));
  }
  get("missing-whom").addEventListener("change", drawMissing);
  function drawAll() {
    drawTime();
    drawMissing();
    drawScores();
    drawPromise();
  }

  // The table.
  const PAGE = 50;
  const columns = ["rank", "priority", "requested", "vague", "human", "product", "kind", "score", "ticket", "title", "created", "missing", "reason"];
  const rows = data.rows.map((row) => Object.fromEntries(columns.map((name, place) => [name, row[place]])));
  for (const row of rows) row.text = `${row.ticket}\n${row.title}\n${row.reason}`.toLowerCase();
  const state = { sort: "rank", down: false, page: 0, open: new Set() };
  const options = (id, labels, names) => labels.forEach((label) => get(id).append(new Option(names[label] || label, label)));
  const distinct = (name) => [...new Set(rows.map((row) => row[name]))].sort();
  options("f-priority", priorities, {});
  options("f-product", distinct("product"), data.products);
  options("f-kind", distinct("kind"), data.kinds);
  function chosen() {
    const text = get("f-text").value.trim().toLowerCase();
    const [priority, product, kind] = ["f-priority", "f-product", "f-kind"].map((id) => get(id).value);
    const [vague, human, moved] = ["f-vague", "f-human", "f-moved"].map((id) => get(id).checked);
    const found = rows.filter(
      (row) =>
        (!text || row.text.includes(text)) &&
        (!priority || row.priority === priority) &&
        (!product || row.product === product) &&
        (!kind || row.kind === kind) &&
        (!vague || row.vague) &&
        (!human || row.human) &&
        (!moved || (row.requested && row.requested !== row.priority)),
    );
    const sign = state.down ? -1 : 1;
    const { sort } = state;
    return found.sort((one, other) => {
      const [a, b] = [one[sort], other[sort]];
      const order = typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0;
      return sign * order || one.rank - other.rank;
    });
  }
  function show() {
    const found = chosen();
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    const body = get("tickets").tBodies[0];
    body.replaceChildren(...found.slice(state.page * PAGE, (state.page + 1) * PAGE).map(line));
    get("found").textContent = found.length ? fill(words.found, { count: found.length.toLocaleString() }) : words.nothing;
    get("page").textContent = fill(words.page, { page: state.page + 1, pages });
    get("previous").disabled = state.page === 0;
    get("next").disabled = state.page >= pages - 1;
  }
  function line(row) {
    const cells = [make("td", row.rank, "nowrap"), make("td", undefined, "nowrap")];
    if (row.requested && row.requested !== row.priority) cells[1].append(make("span", row.requested, "was"), make("span", "→", "arrow"));
    cells[1].append(make("b", row.priority, `p ${row.priority}`));
    const ticket = make("td");
    ticket.append(make("code", row.ticket));
    const subject = make("td", undefined, "subject");
    const title = make("button", row.title);
    title.type = "button";
    title.setAttribute("aria-expanded", state.open.has(row.rank));
    subject.append(title);
    if (state.open.has(row.rank)) {
      subject.append(make("p", `${words.why}: ${row.reason}`));
      if (row.missing.length) subject.append(make("p", `${words.lacks}: ${row.missing.map((name) => data.elements[name]).join(", ")}`));
    }
    title.addEventListener("click", () => {
      state.open.has(row.rank) ? state.open.delete(row.rank) : state.open.add(row.rank);
      const fresh = line(row);
      tr.replaceWith(fresh);
      fresh.querySelector(".subject button").focus();
    });
    cells.push(ticket, subject, make("td", data.products[row.product] || row.product), make("td", data.kinds[row.kind], "nowrap"), make("td", row.score, "nowrap"), make("td", row.created, "nowrap"));
    const tr = make("tr");
    tr.append(...cells);
    return tr;
  }
  const again = () => {
    state.page = 0;
    show();
  };
  const fields = ["f-text", "f-priority", "f-product", "f-kind", "f-vague", "f-human", "f-moved"];
  fields.forEach((id) => get(id).addEventListener("input", again));
  get("f-reset").addEventListener("click", () => {
    fields.forEach((id) => (get(id).type === "checkbox" ? (get(id).checked = false) : (get(id).value = "")));
    again();
  });
  for (const [id, step] of [["previous", -1], ["next", 1]]) {
    get(id).addEventListener("click", () => {
      state.page += step;
      show();
      get("list-title").scrollIntoView();
    });
  }
  document.querySelectorAll("#tickets th").forEach((head) =>
    head.firstElementChild.addEventListener("click", () => {
      state.down = state.sort === head.dataset.sort && !state.down;
      state.sort = head.dataset.sort;
      document.querySelectorAll("#tickets th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      again();
    }),
  );
  document.querySelectorAll(".heat button").forEach((cell) =>
    cell.addEventListener("click", () => {
      get("f-reset").click();
      get("f-product").value = cell.dataset.product;
      get("f-priority").value = cell.dataset.priority;
      again();
      get("list-title").scrollIntoView();
    }),
  );

  // More cards, and replies to copy.
  document.querySelectorAll(".more").forEach((button) =>
    button.addEventListener("click", () => {
      button.previousElementSibling.querySelectorAll(":scope > [hidden]").forEach((card) => (card.hidden = false));
      button.remove();
    }),
  );
  document.querySelectorAll(".copy").forEach((button) =>
    button.addEventListener("click", async () => {
      const text = button.previousElementSibling.textContent;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // A page from a file may not reach the clipboard that way.
        const area = make("textarea", text);
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      button.textContent = words.copied;
    }),
  );
  show();
  drawAll();
  root.dataset.ready = Math.round(performance.now());
})();
