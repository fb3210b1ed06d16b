// One event: its fields, its bytes, its headers, and what became of it.
import { badge, byId, bytes, el, fill, moment } from "./dom.js";
import { columnsOf, toggleColumn } from "./columns.js";
import { nameOf } from "./events.js";

export function renderDetail(state, event, on) {
  const panel = byId("detail");
  document.querySelector(".layout").classList.toggle("open", Boolean(event));
  panel.hidden = !event;
  if (!event) { panel.replaceChildren(); return; }
  const reason = panel.querySelector(".reason")?.value ?? "";
  fill(panel,
    el("header", {},
      el("h2", {}, event.type ?? `Event ${event.id}`),
      el("button", { type: "button", class: "quiet", "aria-label": "Close the event", onclick: on.close }, "✕")),
    el("p", { class: "facts" }, `${nameOf(state, event.source)} · event ${event.id} · `, moment(event.at), ` · ${bytes(event.bytes)} `,
      badge(event.status), " ", event.authenticated ? null : badge("not covered by a signature", "unsigned")),
    settlement(event),
    actions(event, on),
    el("h3", {}, "Fields"), fields(state, event, on),
    el("h3", {}, "Body as received"), el("pre", { tabindex: "0", "aria-label": "Body as received" }, pretty(event)),
    event.raw_cut ? el("p", { class: "why" }, "Cut here; the event keeps all of it.") : null,
    el("p", { class: "hash" }, `SHA-256 ${event.sha256}`),
    el("h3", {}, "Headers kept"), pairs(event.headers, "None of the kept headers was sent."),
    el("h3", {}, "Deliveries"), deliveries(event));
  const input = panel.querySelector(".reason");
  if (input) input.value = reason;
}

function settlement(event) {
  if (!event.settlement) return null;
  const { actor, at, reason } = event.settlement;
  return el("p", { class: "facts" }, `Last decided by ${actor}, `, moment(at), reason ? `: ${reason}` : "");
}

function actions(event, on) {
  const button = (label, key, kind, action) =>
    el("button", { type: "button", class: kind, onclick: () => on.act(action) }, `${label} `, el("kbd", {}, key));
  if (event.status === "pending") {
    return el("div", { class: "actions" },
      button("Promote", "p", "go", "promote"), button("Reject", "r", "stop", "reject"),
      el("input", { class: "reason", placeholder: "Reason, if there is something to say", "aria-label": "Reason", maxlength: "500" }));
  }
  return el("div", { class: "actions" }, button("Back to pending", "b", "", "reopen"));
}

function fields(state, event, on) {
  if (!event.fields) return el("p", { class: "why" }, "The body is not JSON.");
  const chosen = columnsOf(state.tenant, event.source);
  const line = ([path, value]) => el("tr", {},
    el("td", {}, path), el("td", {}, value),
    el("td", {}, el("button", {
      type: "button", class: "column", "aria-pressed": String(chosen.includes(path)), "aria-label": `Column ${path}`,
      title: "Show as a column of this source",
      onclick: () => { toggleColumn(state.tenant, event.source, path); on.columns(event.source); },
    }, "▥")));
  return el("table", {}, el("tbody", {}, ...event.fields.map(line)),
    event.more_fields ? el("tfoot", {}, el("tr", {}, el("td", { colspan: "3" }, "There are more."))) : null);
}

// Indented without being parsed and written again, which would change numbers and repeated keys.
function pretty(event) {
  const text = event.raw;
  if (!event.fields || text.includes("\n")) return text;
  let out = "", depth = 0, quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      out += character;
      if (character === "\\") { at += 1; out += text[at] ?? ""; }
      else if (character === "\"") quoted = false;
    } else if (character === "\"") { quoted = true; out += character; }
    else if ("{[".includes(character)) {
      const empty = "}]".includes(text[at + 1] ?? "");
      if (empty) { out += character + text[at + 1]; at += 1; }
      else { depth += 1; out += `${character}\n${"  ".repeat(Math.min(depth, 40))}`; }
    } else if ("}]".includes(character)) { depth -= 1; out += `\n${"  ".repeat(Math.max(0, Math.min(depth, 40)))}${character}`; }
    else if (character === ",") out += `,\n${"  ".repeat(Math.min(depth, 40))}`;
    else if (character === ":") out += ": ";
    else out += character;
  }
  return out;
}

function pairs(list, otherwise) {
  if (!list.length) return el("p", { class: "why" }, otherwise);
  return el("table", {}, el("tbody", {}, ...list.map(([name, value]) => el("tr", {}, el("td", {}, name), el("td", {}, value)))));
}

function deliveries(event) {
  const line = (row) => el("tr", {}, el("td", {}, moment(row.at)), el("td", {}, badge(row.outcome), ` answered ${row.status}`), el("td", {}, row.remote ?? ""));
  return el("table", {}, el("tbody", {}, ...event.deliveries.map(line)));
}
