// Runs the script of the plugin's setup page with the fields that a person filled in, as a
// browser would that is logged in; prints the page's result.
import { readFileSync } from "node:fs";

const { origin, login, fields } = JSON.parse(process.argv[2]);
const script = readFileSync(0, "utf8").match(/<script>(.*)<\/script>/s)[1];
const values = Object.entries(fields).map(([name, value]) => [name, { value }]);
const result = { textContent: "" };
let submit;
const form = {
  elements: Object.fromEntries(values),
  addEventListener: (event, handler) => { if (event === "submit") submit = handler; },
};
globalThis.document = { getElementById: (id) => ({ setup: form, result })[id] };
const real = fetch;
globalThis.fetch = (path, options) => {
  const headers = { ...options.headers, Authorization: "Basic " + btoa(login) };
  return real(origin + path, { ...options, headers });
};
new Function(script)();
await submit({ preventDefault() {} });
console.log(result.textContent);
