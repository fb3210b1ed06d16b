// What the page asks the server for.

async function json(response) {
  if (response.status === 401) location.reload();
  const value = await response.json();
  if (!response.ok) throw new Error(value.error ?? response.statusText);
  return value;
}

const get = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return fetch(`${path}?${new URLSearchParams(given)}`).then(json);
};

export const sources = () => get("/api/sources");
export const events = (query) => get("/api/events", query);
export const event = (tenant, id) => get(`/api/events/${id}`, { tenant });
export const deliveries = (query) => get("/api/deliveries", query);
export const news = (seen) => get("/api/news", { seen });

export const settle = (change) =>
  fetch("/api/settle", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  }).then(json);
