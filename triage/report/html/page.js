// Draws the charts and the table of the report. All of a ticket's text goes through textContent.
(() => {
  "use strict";
  const { data, get, make, colour, draw, drawByPriority, drawShares, drawByState, showAll } = report;
  const { words, priorities } = data;
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // Charts.
  function drawTime() {
    const { unit, starts, counts } = data.time;
    get("time-unit").textContent = starts.length ? words[`time_${unit}`] : "";
    drawByPriority("time-chart", starts, counts);
  }
  function drawMissing() {
    drawShares("missing-chart", (data.missing[get("missing-whom").value] || []).map(([name, lacking, needed]) => [data.elements[name], lacking, needed]));
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
  for (const name of Object.keys(data.missing)) {
    const [group, label] = name.split(":");
    const text = group === "all" ? words.all : group === "kind" ? data.kinds[label] : data.products[label] || label;
    get("missing-whom").append(new Option(text, name));
  }
  get("missing-whom").addEventListener("change", drawMissing);

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
  showAll(drawTime, drawMissing, drawScores, () => drawByState("promise-chart", data.promises));
})();
