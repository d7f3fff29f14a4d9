"use strict";
// The index is made here, in the browser, from lists that are loaded as scripts: a page opened from a folder may load
// scripts and may not fetch. Chinese has no blanks, so a run of it is cut into pairs of characters.
const bookSearch = (() => {
  const cjk = /[\u3400-\u9fff\uf900-\ufaff]/;
  const tokens = (text) => {
    const found = [];
    for (const run of text.normalize("NFKC").toLowerCase().match(/[\u3400-\u9fff\uf900-\ufaff]+|[a-z_]+|[0-9]+(?:\.[0-9]+)?/g) || []) {
      if (!cjk.test(run)) found.push(run);
      else if (run.length === 1) found.push(run);
      else for (let at = 0; at + 1 < run.length; at += 1) found.push(run.slice(at, at + 2));
    }
    return found;
  };
  const index = new MiniSearch({ fields: ["title", "words"], tokenize: tokens, processTerm: (term) => term,
    searchOptions: { combineWith: "OR", boost: { title: 3 }, prefix: (term) => !/^[0-9]/.test(term) } });
  const entries = [];
  const loaded = new Set();
  let told = () => {};
  const add = (kind, title, words, shown, href) => { entries.push({ id: entries.length, kind, title, words, shown, href }); };
  const take = (name, lists) => {
    const first = entries.length;
    for (const kind of ["townships", "indicators"])
      for (const [title, words, href] of lists[kind] || []) add(kind, title, words, words, href);
    for (const [title, surface, value, unit, href] of lists.figures || [])
      add("figures", `${unit} ${title}`, `${surface} ${value.replaceAll(",", "")}`, `${name} · ${value} · ${surface}`, href);
    for (const [text, unit, href] of lists.sentences || []) add("sentences", `${unit} ${name}`, text, text, href);
    index.addAll(entries.slice(first));
    loaded.add(name);
    told();
  };
  const search = (words) => {
    const wanted = tokens(words);
    if (!wanted.length) return [];
    const compact = words.normalize("NFKC").replace(/\s+/g, "");
    // Pairs of characters also match where the words stand apart; where they stand as typed comes first.
    const least = new Set(wanted).size;
    const all = index.search(words).map((hit) => ({ hit, found: new Set(hit.queryTerms).size }));
    // 粮食产量 is written 粮食总产量: where nothing has every pair, most of them will do.
    const whole = all.filter((one) => one.found >= least);
    const hits = (whole.length ? whole : all.filter((one) => one.found >= Math.ceil(least * 0.6))).map((one) => one.hit);
    return hits.map((hit) => ({ ...entries[hit.id], score: hit.score * (`${entries[hit.id].title}${entries[hit.id].words}`.includes(compact) ? 4 : 1) }))
      .sort((one, other) => other.score - one.score);
  };
  return { take, search, loaded, tokens, entries, onTake: (callback) => { told = callback; } };
})();

addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.search");
  if (!form) return;
  const shards = form.dataset.shards.split(" ").filter(Boolean);
  const output = document.querySelector("output");
  const list = document.querySelector(".hits");
  const box = form.elements.q;
  const words = Object.fromEntries([...form.elements.kind.options].map((one) => [one.value, one.textContent]));
  const limit = 100;

  const marked = (text, query) => {
    const part = document.createDocumentFragment();
    const run = query.trim().split(/\s+/).filter(Boolean).sort((one, other) => other.length - one.length)[0] || "";
    const at = run ? text.toLowerCase().indexOf(run.toLowerCase()) : -1;
    if (at < 0) { part.append(text); return part; }
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + run.length);
    part.append(text.slice(0, at), mark, text.slice(at + run.length));
    return part;
  };
  const show = () => {
    const query = box.value;
    const kind = form.elements.kind.value;
    const hits = bookSearch.search(query).filter((one) => !kind || one.kind === kind);
    list.replaceChildren(...hits.slice(0, limit).map((one) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = form.dataset.root + one.href;
      link.append(marked(one.title, query));
      const tag = document.createElement("span");
      tag.className = "tag";
      tag.textContent = words[one.kind];
      const line = document.createElement("p");
      line.append(marked(one.shown, query));
      item.append(link, " ", tag, line);
      return item;
    }));
    output.textContent = query.trim() ? `${form.dataset.results} ${hits.length}${hits.length > limit ? ` (${form.dataset.shown} ${limit})` : ""} · ${[...bookSearch.loaded].filter((one) => one !== "names").join(" ")}` : "";
  };
  const load = (rest) => {
    if (!rest.length) return;
    const script = document.createElement("script");
    script.src = `${form.dataset.root}search/${rest[0]}.js`;
    const next = () => setTimeout(() => load(rest.slice(1)));
    script.addEventListener("load", next);
    script.addEventListener("error", next);
    document.head.append(script);
  };
  bookSearch.onTake(show);
  load(["names", ...shards]);
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { history.replaceState(null, "", `#q=${encodeURIComponent(box.value)}`); show(); }, 120);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  const asked = location.hash.match(/^#q=(.*)$/);
  if (asked) { box.value = decodeURIComponent(asked[1]); show(); }
  box.focus();
});
