// node vectors.cjs FOLDER_OF_PACKAGES < webhooks.json: whether the secret, and the public key, find each good.
const crypto = require("node:crypto");
const { readFileSync } = require("node:fs");
const { Webhook } = require(`${process.argv[2]}/node_modules/standardwebhooks`);

const SPKI = Buffer.from("302a300506032b6570032100", "hex"); // RFC 8410: what stands before 32 bytes

function bySecret({ secret, body, headers }) {
  Date.now = () => headers["webhook-timestamp"] * 1000;
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (error) {
    if (error.constructor.name !== "WebhookVerificationError") throw error;
    return false;
  }
}

function byPublicKey({ public_key, body, headers }) {
  const raw = Buffer.from(public_key.replace("whpk_", ""), "base64");
  const key = crypto.createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
  const content = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  const signatures = headers["webhook-signature"].split(" ").filter((one) => one.startsWith("v1a,"));
  return signatures.some((one) => crypto.verify(null, content, key, Buffer.from(one.slice(4), "base64")));
}

const { vectors } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(vectors.map((one) => [bySecret(one), byPublicKey(one)])));
