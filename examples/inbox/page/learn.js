// How a source learns its shape: a real delivery or a pasted sample, then columns and dedupe key.
import * as api from "./api.js";
import { command } from "./copy.js";
import { button, byId, el, fill, keepFocus } from "./dom.js";
import { attempt, notify } from "./notice.js";

const MAX_COLUMNS = 8;

// What is picked, until it is kept; null while the dialog is closed.
let learning = null;

export async function openLearning(source, tenant, done) {
  learning = {
    source, tenant, done, capture: await api.capture(tenant, source.source),
    columns: [...source.columns], key: null, pasted: "", problem: "",
  };
  render();
  byId("learn").showModal();
}

// A delivery came, or time passed: the dialog shows it.
export async function refreshLearning() {
  if (!learning || !byId("learn").open) return;
  const asked = learning;
  const capture = await api.capture(asked.tenant, asked.source.source);
  if (asked !== learning) return;
  // Nothing is drawn anew under a person who types.
  if (!capture.open && JSON.stringify(capture) === JSON.stringify(learning.capture)) return;
  learning.capture = capture;
  render();
}

export function closeLearning() {
  const asked = learning;
  learning = null;
  if (asked?.capture.open || asked?.capture.waits) {
    attempt(() => api.learn({ tenant: asked.tenant, source: asked.source.source, action: "close" }));
  }
}

async function act(action, more = {}) {
  learning.problem = "";
  try {
    learning.capture = await api.learn({ tenant: learning.tenant, source: learning.source.source, action, ...more });
    return true;
  } catch (error) {
    learning.problem = error.message;
    return false;
  } finally {
    render();
  }
}

async function keep() {
  const { capture, columns, key, source, done } = learning;
  const choice = { columns, session: capture.waits ? capture.session : undefined, dedupe: key ?? undefined };
  if (!await act(capture.waits ? "confirm" : "choose", choice)) return;
  learning = null;
  byId("learn").close();
  notify(`${source.name} shows ${columns.length ? columns.join(", ") : "the first fields"}${key ? `, and ${key} tells its events apart` : ""}.`);
  await done();
}

function render() {
  const { source, capture, problem } = learning;
  const dialog = byId("learn");
  const scrolled = dialog.querySelector(".picker")?.scrollTop ?? 0;
  keepFocus(dialog, () => fill(dialog,
    el("header", {},
      el("h2", { id: "learn-title" }, `Columns and dedupe key of ${source.name}`),
      button("✕", () => dialog.close(), { class: "quiet close", "aria-label": "Close", "data-focus": "close" })),
    el("p", { class: "problem inline", role: "alert", hidden: !problem }, problem),
    sample(capture), fields(capture), foot(capture)));
  const picker = dialog.querySelector(".picker");
  if (picker) picker.scrollTop = scrolled;
}

function sample(capture) {
  const { source } = learning;
  if (capture.open) {
    const left = Math.max(0, Math.round((capture.ends - Date.now()) / 1000));
    return el("section", { class: "step" },
      el("h3", {}, "1. Get a sample"),
      el("p", { role: "status" }, el("span", { class: "pulse", "aria-hidden": "true" }),
        ` Waiting for a delivery, ${left} s left. The next genuine one becomes the sample and is not staged as an event.`),
      source.command ? command(source.command, "Send one: paste this into a terminal") : null,
      button("Stop waiting", () => act("close"), { "data-focus": "stop" }));
  }
  const text = el("textarea", {
    id: "sample", rows: "4", spellcheck: "false", placeholder: "{\"id\": \"evt_123\", \"customer\": {\"email\": \"ada@acme.com\"}}", "data-focus": "sample",
    oninput: (event) => { learning.pasted = event.target.value; },
  });
  text.value = learning.pasted;
  return el("section", { class: "step" },
    el("h3", {}, "1. Get a sample"),
    el("div", { class: "two" },
      el("div", {},
        el("p", {}, "From a real delivery: open the tunnel and have the sender send one."),
        button("Open the tunnel", () => act("open"), { class: "go", "data-focus": "open" })),
      el("div", {},
        el("label", { for: "sample" }, "Or paste one"), text,
        button("Detect fields", async () => { if (await act("paste", { sample: learning.pasted })) { learning.pasted = ""; render(); } }, { "data-focus": "detect" }))));
}

function fields(capture) {
  if (!capture.fields) return null;
  const { columns, key, source } = learning;
  const line = ({ path, kind, text }) => el("tr", {},
    el("td", { class: "pick" }, el("input", {
      type: "checkbox", "aria-label": `Show ${path} as a column`, "data-focus": `column ${path}`, checked: columns.includes(path),
      disabled: !columns.includes(path) && columns.length >= MAX_COLUMNS,
      onchange: () => { learning.columns = columns.includes(path) ? columns.filter((other) => other !== path) : [...columns, path]; render(); },
    })),
    el("td", { class: "pick" }, ["string", "number", "boolean"].includes(kind) ? el("input", {
      type: "radio", name: "key", "aria-label": `Tell events apart by ${path}`, "data-focus": `key ${path}`, checked: key === path,
      onchange: () => { learning.key = path; render(); },
    }) : null),
    el("th", { scope: "row" }, path), el("td", { class: "soft" }, kind), el("td", { class: "value" }, text));
  return el("section", { class: "step" },
    el("h3", {}, capture.waits ? "2. Choose (from the new sample)" : "2. Choose (from the last sample)"),
    el("div", { class: "picker" }, el("table", {},
      el("caption", { class: "unseen" }, "The fields of the sample"),
      el("thead", {}, el("tr", {}, ["Column", "Key", "Field", "Type", "Value"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {},
        el("tr", {}, el("td"), el("td", { class: "pick" }, el("input", {
          type: "radio", name: "key", "aria-label": "Keep the dedupe key", checked: key === null, "data-focus": "key as it is",
          onchange: () => { learning.key = null; render(); },
        })), el("td", { colspan: "3", class: "soft" }, `Keep it: ${source.dedupe ? source.dedupe.parts.join(" + ") : "each delivery is new"}`)),
        capture.fields.map(line)))),
    key !== null ? el("p", { class: "why warn" }, "Under another key, what came before is not recognised when it comes again.") : null);
}

function foot(capture) {
  return el("footer", {},
    el("p", { class: "why" }, learning.columns.length ? `Columns: ${learning.columns.join(", ")}` : "No columns: the first fields are shown."),
    button("Cancel", () => byId("learn").close(), { "data-focus": "cancel" }),
    button("Use this", () => attempt(keep), { class: "go", "data-focus": "use", disabled: !capture.fields }));
}
