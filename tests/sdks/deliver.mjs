// Providers' own libraries sign deliveries to a running inbox: each genuine one is taken, each that
// was changed on the way is refused.
//
//   node deliver.mjs ADDRESS SECRETS     the address of the inbox, and the file of its sources
import { readFileSync } from "node:fs";

import { sign } from "@octokit/webhooks-methods";
import { encodeSignatureHeader } from "@sanity/webhook";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";

const [address, sourcesFile] = process.argv.slice(2);
const sources = JSON.parse(readFileSync(sourcesFile, "utf8"));
const secretOf = (name) => sources.find((source) => source.source === name).keys[0].secret;
const body = (id) => JSON.stringify({ id, type: "ping", note: "é ü \u2028 1.0" });
const seconds = Math.floor(Date.now() / 1000);

const senders = {
    stripe: async (secret, payload) => ({
        "stripe-signature": new Stripe("sk_test").webhooks.generateTestHeaderString({
            payload,
            secret,
        }),
    }),
    github: async (secret, payload, id) => ({
        "x-hub-signature-256": await sign(secret, payload),
        "x-github-delivery": id,
        "x-github-event": "ping",
    }),
    "standard-webhooks": async (secret, payload, id) => ({
        "webhook-id": id,
        "webhook-timestamp": String(seconds),
        "webhook-signature": new Webhook(secret).sign(id, new Date(seconds * 1000), payload),
    }),
    sanity: async (secret, payload, id) => ({
        "sanity-webhook-signature": await encodeSignatureHeader(payload, Date.now(), secret),
        "idempotency-key": id,
    }),
};

let failed = 0;
const expect = async (what, headers, payload, wanted, name) => {
    const answer = await fetch(`http://${address}/in/sdks/${name}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: payload,
    });
    if (!wanted(answer.status)) {
        failed += 1;
        console.log(`FAILED: ${name}, ${what}: ${answer.status} ${await answer.text()}`);
    }
};
const taken = (status) => status >= 200 && status < 300;
for (const [name, make] of Object.entries(senders)) {
    const id = `evt_${name}`;
    const payload = body(id);
    const headers = await make(secretOf(name), payload, id);
    await expect("as it was signed", headers, payload, taken, name);
    await expect("again", headers, payload, taken, name);
    await expect("another body", headers, payload.replace("1.0", "1.1"), (s) => s === 401, name);
    const forged = await make(secretOf("other"), payload, `${id}_2`);
    await expect("another secret", forged, payload, (s) => s === 401, name);
}
const events = await (await fetch(`http://${address}/api/events?tenant=sdks`)).json();
const staged = events.events.length;
if (staged !== Object.keys(senders).length) {
    failed += 1;
    console.log(`FAILED: ${staged} events are staged`);
}
console.log(`${Object.keys(senders).length} libraries, ${failed} failures`);
process.exit(failed === 0 ? 0 : 1);
