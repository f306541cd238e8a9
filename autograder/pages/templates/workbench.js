"use strict";
// Sorts, filters and searches the tables of the class page and the index page, and opens what is closed for printing.
// Without it they are plain tables.
for (const table of document.querySelectorAll("table.workbench")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const tools = table.closest("section").querySelector(".tools");
  const [search, filter] = [tools.querySelector("input"), tools.querySelector("select")];
  const count = tools.querySelector("output");
  const value = (row, place) => row.cells[place].dataset.value ?? row.cells[place].textContent.trim();

  function compare(one, other) {
    const difference = Number(one) - Number(other);
    return Number.isNaN(difference) ? one.localeCompare(other) : difference;
  }

  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const sorted = [...rows].sort((row, next) => {
        const [one, other] = [value(row, place), value(next, place)];
        if (one === "" || other === "") return (one === "") - (other === ""); // blanks last, either way
        return descending ? compare(other, one) : compare(one, other);
      });
      body.append(...sorted);
    });
  });

  function show() {
    const words = search.value.toLowerCase();
    for (const row of rows) {
      const found = row.dataset.search.toLowerCase().includes(words);
      row.hidden = !found || (filter.value !== "" && !row.dataset.tags.split(" ").includes(filter.value));
    }
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  }

  search.addEventListener("input", show);
  filter.addEventListener("change", show);
  tools.hidden = false;
  show();
}

// Paper cannot be clicked on: what is closed is printed, too.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach((one) => (one.open = true));
});
addEventListener("afterprint", () => opened.forEach((one) => (one.open = false)));
