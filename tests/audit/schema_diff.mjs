// What has changed in the schema since the last release, as GraphQL Inspector sees it; one JSON line.
// A breaking change has to be accepted by its path, with a reason; what is accepted has to be one.
import { readFileSync } from "node:fs";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildASTSchema, buildSchema, parse, visit } from "graphql";

const [releasedFile, currentFile, acceptedFile] = process.argv.slice(2);
const released = buildSchema(readFileSync(releasedFile, "utf8"));
const current = buildSchema(readFileSync(currentFile, "utf8"));
const accepted = JSON.parse(readFileSync(acceptedFile, "utf8"));
const breaking = async (from, to) =>
  (await diff(from, to)).filter((change) => change.criticality.level === CriticalityLevel.Breaking);

const found = await breaking(released, current);
const paths = new Set(found.map((change) => change.path));
const error = [
  ...found.filter((change) => !accepted[change.path]).map((change) => `${change.path}: ${change.message}`),
  ...Object.keys(accepted).filter((path) => !paths.has(path)).map((path) => `${path}: accepted, but not broken`),
];

// the gate itself: a field that goes, an argument that is wanted and a type that is another one are each noticed
const document = parse(readFileSync(releasedFile, "utf8"));
const changed = (type, field, change) =>
  buildASTSchema(visit(document, {
    ObjectTypeDefinition: (node) => (node.name.value === type ? undefined : false),
    FieldDefinition: (node) => (node.name.value === field ? change(node) : undefined),
  }));
const string = { kind: "NamedType", name: { kind: "Name", value: "String" } };
const wanted = { kind: "NonNullType", type: string };
const argument = { kind: "InputValueDefinition", name: { kind: "Name", value: "why" }, type: wanted };
for (const broken of [
  changed("Case", "plate", () => null),
  changed("Case", "dueRule", (node) => ({ ...node, type: string })),
  changed("Query", "case", (node) => ({ ...node, arguments: [...node.arguments, argument] })),
]) {
  if (!(await breaking(released, broken)).length) error.push("a breaking change went unnoticed");
}
console.log(JSON.stringify({ ok: 3 + (await diff(released, current)).length, accepted: paths.size, error }));
