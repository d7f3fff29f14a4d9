"use strict";
// Everything works without this file: links lead from a figure to its card and back. It adds what links cannot:
// light or dark by hand, the figure in the text beside its card, and the filter of findings.
(() => {
  const root = document.documentElement;
  const store = { get: () => { try { return localStorage.getItem("book-theme"); } catch { return null; } },
                  set: (value) => { try { localStorage.setItem("book-theme", value); } catch { /* a browser without storage forgets */ } } };
  if (store.get()) root.dataset.theme = store.get();

  const themeButton = () => {
    const button = document.querySelector(".theme");
    button.hidden = false;
    button.addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      store.set(root.dataset.theme);
    });
  };

  const fragment = () => { try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; } };

  const report = () => {
    const cards = document.querySelector(".cards");
    if (!cards) return;
    cards.classList.add("sheet");
    const marks = new Map();
    for (const mark of document.querySelectorAll("[data-for]"))
      for (const anchor of mark.dataset.for.split(" ")) marks.set(anchor, [...(marks.get(anchor) || []), mark]);
    const reading = document.querySelector(".reading");
    const views = [...document.querySelectorAll(".views a")];
    // Text and page images side by side are too much to read: one is shown, a link to the other shows that.
    const view = (name) => {
      if (!views.length) return;
      reading.dataset.view = name;
      for (const link of views) link.toggleAttribute("aria-current", link.hash === `#${name}`);
    };
    view("text");
    const show = () => {
      for (const old of document.querySelectorAll(".now")) old.classList.remove("now");
      const name = fragment();
      const anchor = name.replace(/^(at|box):/, "");
      if (name === "pages" || name.startsWith("box:") || name.startsWith("page-")) view("pages");
      else if (name === "text" || name.startsWith("at:") || /^b\d+$/.test(name)) view("text");
      if (/^(pages|text|page-|box:|at:|b\d+$)/.test(name)) document.getElementById(name)?.scrollIntoView({ block: name.includes(":") ? "center" : "start" });
      const card = anchor && document.getElementById(anchor);
      if (!card || !card.classList.contains("card")) return;
      card.classList.add("now");
      for (const mark of marks.get(anchor) || []) mark.classList.add("now");
      const here = (marks.get(anchor) || []).filter((mark) => mark.getClientRects().length);
      if (name !== anchor) card.scrollIntoView({ block: "nearest" });
      else if (here.length) {
        const seen = here[0].getBoundingClientRect();
        if (seen.top < 60 || seen.bottom > innerHeight) here[0].scrollIntoView({ block: "center" });
      }
    };
    addEventListener("hashchange", show);
    show();
  };

  const filter = () => {
    const form = document.querySelector("form.filter:not(.search)");
    if (!form) return;
    const all = [...document.querySelectorAll(".finding")];
    const output = form.querySelector("output");
    form.hidden = false;
    const apply = () => {
      const wanted = ["unit", "rule", "severity", "status"].map((name) => [name, form.elements[name].value]);
      const words = form.elements.words.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const one of all) {
        const text = words.length ? one.textContent.toLowerCase() : "";
        one.hidden = !(wanted.every(([name, value]) => !value || one.dataset[name] === value) && words.every((word) => text.includes(word)));
        shown += one.hidden ? 0 : 1;
      }
      output.textContent = `${form.dataset.shown} ${shown}/${all.length}`;
    };
    const fromAddress = () => {
      const name = fragment();
      if (name.startsWith("rule=")) form.elements.rule.value = name.slice(5);
      apply();
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", fromAddress);
    fromAddress();
  };

  addEventListener("DOMContentLoaded", () => { themeButton(); report(); filter(); });
})();
