// One event: what it becomes, its fields, its bytes, its headers, and what happened to it.
import { badge, button, byId, bytes, el, fill, keepFocus, moment } from "./dom.js";
import { copyButton } from "./copy.js";
import { indented } from "./json.js";
import { planSection } from "./plan.js";
import { nameOf, sourceOf } from "./state.js";

export function renderDetail(event, on) {
  const panel = byId("detail");
  document.querySelector(".layout").classList.toggle("open", Boolean(event));
  panel.hidden = !event;
  if (!event) { panel.replaceChildren(); return; }
  const reason = panel.querySelector(".reason")?.value ?? "";
  const isSame = panel.dataset.event === String(event.id);
  keepFocus(panel, () => fill(panel,
    el("header", {},
      el("div", {},
        el("h2", { id: "detail-title", tabindex: "-1" }, event.type ?? `Event ${event.id}`),
        el("p", { class: "facts" }, `${nameOf(event.source)} · event ${event.id} · `, moment(event.at), ` · ${bytes(event.bytes)} `,
          badge(event.status), " ", event.authenticated ? null : badge("body not signed", "unsigned"))),
      button("✕", on.close, { class: "quiet close", "aria-label": "Close the event", "data-focus": "close" })),
    settlement(event),
    actions(event, on),
    planSection(event),
    el("section", {}, el("h3", {}, "Fields"), fields(event, on)),
    el("section", {},
      el("h3", {}, "Body as received ", copyButton(event.raw, "Copy", "The body is copied.")),
      el("pre", { tabindex: "0", "aria-label": "Body as received" }, event.fields ? indented(event.raw) : event.raw),
      event.raw_cut ? el("p", { class: "why" }, "Cut here; the event keeps all of it.") : null,
      el("p", { class: "hash" }, `SHA-256 ${event.sha256}`)),
    el("section", {}, el("h3", {}, "Headers kept"), headers(event.headers)),
    el("section", {}, el("h3", {}, "History"), deliveries(event))));
  panel.dataset.event = event.id;
  const input = panel.querySelector(".reason");
  if (input && isSame) input.value = reason;
  if (!isSame) panel.scrollTop = 0;
}

function settlement(event) {
  if (!event.settlement) return null;
  const { actor, at, reason } = event.settlement;
  const verb = { promoted: "Promoted", rejected: "Rejected", dead: "Given up on", pending: "Made pending again" }[event.status];
  return el("p", { class: `decided ${event.status}` }, `${verb} by ${actor}, `, moment(at), reason ? `: ${reason}` : "");
}

function actions(event, on) {
  const act = (label, key, kind, action) =>
    el("button", { type: "button", class: kind, "data-focus": action, onclick: () => on.act(action) }, label, " ", el("kbd", {}, key));
  if (event.status === "pending") {
    return el("div", { class: "actions" },
      act("Promote", "p", "go", "promote"), act("Reject", "r", "stop", "reject"),
      el("input", { class: "reason", placeholder: "Reason, if there is something to say", "aria-label": "Reason for the decision", maxlength: "500", "data-focus": "reason" }));
  }
  const hasRecords = event.status === "promoted" && event.records.length > 0;
  return el("div", { class: "actions" },
    act(hasRecords ? "Take back and review again" : "Back to pending", "b", "", "reopen"),
    hasRecords ? act("Run again beside them", "a", "quiet", "replay") : null);
}

function fields(event, on) {
  if (!event.fields) return el("p", { class: "why" }, "The body is not JSON.");
  const chosen = sourceOf(event.source)?.columns ?? [];
  const line = ([path, value, kind]) => el("tr", {},
    el("th", { scope: "row" }, path), el("td", { class: kind }, value),
    el("td", { class: "toggle" }, el("button", {
      type: "button", class: "column", "aria-pressed": String(chosen.includes(path)), "aria-label": `Column ${path}`,
      "data-focus": `column ${path}`,
      title: chosen.includes(path) ? "Take it out of the columns of this source" : "Show it as a column of this source",
      onclick: () => on.column(event.source, path),
    }, chosen.includes(path) ? "★" : "☆")));
  return el("table", { class: "pairs" }, el("tbody", {}, event.fields.map(line)),
    event.more_fields ? el("tfoot", {}, el("tr", {}, el("td", { colspan: "3" }, "There are more."))) : null);
}

function headers(list) {
  if (!list.length) return el("p", { class: "why" }, "None of the headers that this source keeps was sent.");
  return el("table", { class: "pairs" }, el("tbody", {}, list.map(([name, value]) =>
    el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)))));
}

function deliveries(event) {
  const line = (row) => el("tr", {},
    el("td", {}, moment(row.at)), el("td", {}, badge(row.outcome), ` answered ${row.status}`), el("td", {}, row.remote ?? ""));
  return el("table", { class: "pairs" }, el("tbody", {}, event.deliveries.map(line)));
}
