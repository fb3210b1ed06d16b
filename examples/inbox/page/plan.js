// What an event becomes: the plan before promotion, the records after it.
import { badge, count, el } from "./dom.js";

export function planSection(event) {
  if (event.status === "promoted") return recordSection(event);
  const plan = event.plan;
  const already = event.records.length
    ? el("p", { class: "why" }, `From an earlier promotion there ${event.records.length === 1 ? "is" : "are"} ${count(event.records.length, "record")}; promoting again goes on behind what was begun, or creates new ones after a replay.`) : null;
  if (!plan) {
    return section("Becomes", el("p", { class: "why" }, "No workflow takes this event. Promoting it marks it as done and creates nothing."), already);
  }
  if (plan.error) {
    return section("Becomes",
      el("p", { class: "fault" }, el("b", {}, "It cannot be promoted: "), plan.error, "."),
      el("p", { class: "why" }, `The workflow is “${plan.workflow}”. Correct it or its event, or reject the event.`), already);
  }
  return section("Becomes",
    el("p", { class: "why" }, `“${plan.workflow}” would create ${count(plan.records, "record")}:`),
    el("ol", { class: "plan" }, plan.creations.map(creation)),
    plan.records > plan.creations.length ? el("p", { class: "why" }, `and ${plan.records - plan.creations.length} more.`) : null,
    plan.absent.length ? el("p", { class: "why warn" }, `Not in this event: ${plan.absent.join(", ")}.`) : null,
    already);
}

function creation(made) {
  return el("li", {}, el("div", { class: "entity" }, badge(made.entity, "entity-name")), fields(made.fields));
}

function recordSection(event) {
  if (!event.records.length) return section("Became", el("p", { class: "why" }, "Nothing was created, or it was taken back."));
  return section("Became", el("ol", { class: "plan" }, [...event.records].reverse().map((record) =>
    el("li", {}, el("div", { class: "entity" }, badge(record.id, "entity-name")), fields(record.fields)))));
}

const fields = (list) =>
  el("table", { class: "pairs" }, el("tbody", {}, list.map(([name, value]) =>
    el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: value.startsWith("→") ? "link" : "" }, value)))));

const section = (title, ...what) => el("section", {}, el("h3", {}, title), what);
