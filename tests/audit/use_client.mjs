// The typed client, compiled, at the address given: what its types promise is what is answered.
import { readFileSync } from "node:fs";
import { open, queue, signIn } from "./client/compiled/operations.js";

const url = process.argv[2];
const { name, password } = JSON.parse(readFileSync(0, "utf8"));
const token = await signIn(url, name, password);
const { due, unit } = await queue(url, token);
const [number] = due[0].split(" ");
const actions = await open(url, token, number);
const right = unit && actions.includes("approveCase") && actions.includes("discardCase");
console.log(JSON.stringify({ ok: 3, error: right ? [] : [`${number}: ${actions} for ${unit}`] }));
