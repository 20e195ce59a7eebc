// The steps of a case as operations, written from the schema that is really served: what it lacks is left out.

import { named, written } from "./schema.js";

const RULE = { rule: ["id", "citation"] };
const ROW = ["id", "number", "state", "version", "rule", "occurredAt", "due", { camera: ["code", "name"] }, { holder: ["id", "name"] }];
const CASE = [...ROW.slice(0, 5), "plate", "occurredAt", "detectedAt", "due", { dueRule: RULE.rule }, { camera: ["id", "code", "name"] },
  { holder: ["id", "name"] }, { evidence: ["id", "kind", "sha256", "size"] },
  { availableActions: ["action", "enabled", { reasons: ["message", RULE] }] }];
const HISTORY = ["number", "state", { history: ["position", "event", "at", "by", "unit", "reason", RULE] }];

export const EXAMPLES = [
  { title: ["Tôi là ai", "Who am I"], root: "query", field: "me", want: ["id", "name", "fullName", "role", { unit: ["id", "name", "kind"] }] },
  { title: ["Hàng đợi theo hạn pháp lý", "Case queue, legally due first"], root: "query", field: "cases", give: { first: 20 },
    want: ["totalCount", { nodes: ROW }, { edges: [{ node: ROW }] }, { pageInfo: ["endCursor", "hasNextPage"] }] },
  { title: ["Đơn vị có thể nhận", "Units that may receive"], root: "query", field: "units", give: { filter: { kind: "CITY_POLICE" } },
    want: ["id", "name", "kind", { nodes: ["id", "name", "kind"] }, { edges: [{ node: ["id", "name", "kind"] }] }] },
  { title: ["Một vụ việc theo số", "A case by its number"], root: "query", field: "case",
    give: { number: "case.number", purpose: "VIOLATION_HANDLING" }, want: CASE },
  { title: ["Phê duyệt và chuyển", "Approve and transfer"], root: "mutation", field: "approveCase",
    give: { plate: "73A-123.45", recipientUnitId: "unit.id" } },
  { title: ["Tiếp nhận", "Receive"], root: "mutation", field: "receiveCase" },
  { title: ["Bắt đầu xác minh", "Start verification"], root: "mutation", field: "startVerification" },
  { title: ["Kết luận", "Conclude"], root: "mutation", field: "concludeCase",
    give: { finding: "VIOLATION", text: "Vượt đèn đỏ, hình ảnh rõ." } },
  { title: ["Thông báo kết quả", "Notify the result"], root: "mutation", field: "notifyResult" },
  { title: ["Theo dõi thay đổi", "Watch changes"], root: "subscription", field: "caseChanged",
    want: ["position", "event", { case: ["id", "number", "state", "version", "due", { holder: ["id", "name"] }] }] },
  { title: ["Lịch sử từng bước", "History, step by step"], root: "query", field: "case",
    give: { number: "case.number", purpose: "VIOLATION_HANDLING" }, want: HISTORY },
  { title: ["Camera và bản ghi hình", "Cameras and what is recorded"], root: "query", field: "cameras", give: { first: 20 },
    want: ["totalCount", { nodes: ["id", "code", "name", { recordings: ["from", "to", "damaged"] }] }] },
  { title: ["Đề nghị trích xuất", "Ask for footage"], root: "mutation", field: "requestExtraction",
    give: { caseId: null, cameraId: "camera.id", from: "recording.from", to: "recording.to", purpose: "VIOLATION_HANDLING",
      note: "Va chạm giao thông, cần xem lại.", documentNumber: "12/ĐN-CAP" } },
  { title: ["Duyệt đề nghị", "Approve the request"], root: "mutation", field: "approveExtraction" },
  { title: ["Thực hiện trích xuất", "Execute the extraction"], root: "mutation", field: "executeExtraction" },
  { title: ["Bàn giao", "Hand over"], root: "mutation", field: "handOverExtraction", give: { receiverAccountId: "account.id" } },
  { title: ["Người nhận xác nhận", "The receiver accepts"], root: "mutation", field: "acceptExtraction" },
  { title: ["Mở tệp", "Open a file"], root: "mutation", field: "openEvidence",
    give: { evidenceId: "file.id", purpose: "VIOLATION_HANDLING" } },
  { title: ["Sổ trích xuất", "Log of extractions"], root: "query", field: "extractions", give: { first: 20 },
    want: ["totalCount", { nodes: ["number", "state", "purpose", "from", "to", { requestedBy: ["name"] },
      { decision: ["approved", { by: ["name"] }] }, { execution: ["at", "complete", { by: ["name"] }, { files: ["id", "sha256"] }] },
      { handOver: ["acceptedAt", { receiver: ["name"] }] }] }] },
  { title: ["Sổ truy cập (kiểm tra)", "Log of accesses (audit)"], root: "query", field: "accessLog", give: { first: 20 },
    want: ["totalCount", { nodes: ["at", "by", "unit", "way", "noun", "ids", "purpose", "address", "refused"] }] },
];

export const commandId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};

/** What the latest answers said, so that the next step needs no copying. */
export class Memory {
  constructor() {
    this.known = {};
  }

  learn(value, key = "") {
    if (Array.isArray(value)) value.toReversed().forEach((item) => this.learn(item, key));
    else if (value && typeof value === "object") {
      for (const [name, inside] of Object.entries(value)) this.learn(inside, /^(nodes?|edges)$/.test(name) ? key : name);
      if (/^extractions?$/.test(key)) this.keep("extraction.id", value.id);
      else if (value.id && value.number) Object.assign(this.known, { "case.id": value.id, "case.number": value.number });
      else if (/(units|recipients)$/i.test(key)) this.keep("unit.id", value.id);
      else if (key === "cameras") this.keep("camera.id", value.id);
      else if (key === "recordings") Object.assign(this.known, { "recording.from": value.from, "recording.to": value.to });
      else if (key === "requestedBy") this.keep("account.id", value.accountId);
      else if (key === "files") this.keep("file.id", value.id);
    }
  }

  keep(name, value) {
    if (value) this.known[name] = value;
  }

  recall(wanted) {
    return typeof wanted === "string" && /^(case|unit|camera|recording|extraction|account|file)\.\w+$/.test(wanted) ? (this.known[wanted] ?? "…") : wanted;
  }
}

/** What a mutation acts on, unless it says otherwise; asking for footage is for no case. */
const SUBJECTS = { caseId: "case.id", extractionId: "extraction.id" };

/** Write one example as a document with variables; null where the schema has no such field. */
export const compose = (schema, example, memory) => {
  const rootName = schema[example.root];
  const field = schema.field(rootName, example.field);
  if (!field) return null;
  const given = { ...SUBJECTS, ...example.give };
  const args = field.args.filter((arg) => arg.name in given || (arg.type.kind === "NON_NULL" && arg.defaultValue === null));
  const variables = Object.fromEntries(args.map((arg) => [arg.name, value(schema, arg, given, memory)]));
  const heads = args.map((arg) => `$${arg.name}: ${written(arg.type)}`).join(", ");
  const uses = args.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const body = selection(schema, named(field.type), example.want, 2);
  const name = example.field[0].toUpperCase() + example.field.slice(1);
  return {
    query: `${example.root} ${name}${heads && `(${heads})`} {\n  ${field.name}${uses && `(${uses})`}${body}\n}\n`,
    variables,
  };
};

const value = (schema, item, given, memory) => {
  if (item.name in given) return memory.recall(given[item.name]);
  if (item.name === "commandId") return commandId();
  const type = schema.types.get(named(item.type));
  if (type?.kind === "INPUT_OBJECT") {
    const inputs = type.inputFields.filter(
      (one) => one.name in given || (one.type.kind === "NON_NULL" && one.defaultValue === null),
    );
    return Object.fromEntries(inputs.map((one) => [one.name, value(schema, one, given, memory)]));
  }
  if (type?.kind === "ENUM") return type.enumValues[0].name;
  return { Int: 0, Float: 0, Boolean: false }[type?.name] ?? "…";
};

const selection = (schema, typeName, want, depth) => {
  const type = schema.types.get(typeName);
  const pad = "  ".repeat(depth);
  const lines = type?.kind === "UNION" ? alternatives(schema, type, depth) : chosen(schema, type, want, depth);
  return lines.length ? ` {\n${lines.map((line) => pad + line).join("\n")}\n${"  ".repeat(depth - 1)}}` : "";
};

const chosen = (schema, type, want, depth) => {
  const lines = [];
  for (const item of want ?? []) {
    const [name, inside] = typeof item === "string" ? [item] : Object.entries(item)[0];
    const field = type?.fields?.find((one) => one.name === name);
    if (!field || (name === "edges" && type.fields.some((one) => one.name === "nodes"))) continue;
    const needed = schema.types.get(named(field.type))?.fields;
    if (Boolean(needed) !== Boolean(inside)) continue;
    lines.push(name + (inside ? selection(schema, named(field.type), inside, depth + 1) : ""));
  }
  return lines.length || !type?.fields ? lines : ["__typename"];
};

const ANSWERED = [
  { case: ["id", "number", "state", "version", "due"] },
  { extraction: ["id", "number", "state", "version", { requestedBy: ["accountId", "name"] },
    { execution: ["complete", { files: ["id", "sha256", "size", "from", "to"] }, { gaps: ["from", "to", "reason"] }] }] },
  "url", "expiresAt", "position",
];

const alternatives = (schema, union, depth) => {
  const lines = ["__typename"];
  const refusals = new Set(schema.types.get("Refusal")?.possibleTypes?.map((one) => one.name));
  for (const { name } of union.possibleTypes) {
    if (refusals.has(name)) continue;
    const inside = selection(schema, name, ANSWERED, depth + 1);
    lines.push(`... on ${name}${inside}`);
  }
  if (refusals.size) lines.push(`... on Refusal${selection(schema, "Refusal", ["code", "message", RULE, "retryable"], depth + 1)}`);
  return lines;
};
