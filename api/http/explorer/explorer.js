// The page: sign in, write, run, read.  The token lives in this tab only.

import { compose, EXAMPLES, Memory } from "./examples.js";
import { Browser, INTROSPECTION, make, Schema } from "./schema.js";

const at = (id) => document.getElementById(id);
const [query, variables, result, status, notice] = ["query", "variables", "result", "status", "notice"].map(at);
const memory = new Memory();
const browser = new Browser(at("schema"), at("find"));
let schema = null;

const LOGIN = `mutation SignIn($input: LoginInput!) {
  login(input: $input) { __typename ... on Session { token expiresAt } ... on Refusal { code message } }
}`;

const ask = async (document, values, name) => {
  const token = sessionStorage.getItem("token");
  const answer = await fetch("/graphql", {
    method: "POST",
    credentials: "omit",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query: document, variables: values, operationName: name }),
  });
  return { code: answer.status, id: answer.headers.get("x-correlation-id"), body: await answer.json() };
};

// ---- sign-in

const showAccount = () => {
  const name = sessionStorage.getItem("name");
  const until = sessionStorage.getItem("until");
  at("sign-in").hidden = Boolean(name);
  at("signed-in").hidden = !name;
  at("who").textContent = name ?? "";
  at("until").textContent = until ? `đến · until ${new Date(until).toLocaleString("vi-VN")}` : "";
};

at("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  notice.textContent = "";
  try {
    const { body } = await ask(LOGIN, { input: { name: form.elements.name.value, password: form.elements.password.value } });
    const login = body.data?.login;
    if (!login?.token) {
      notice.textContent = login?.message ?? body.errors?.[0]?.message ?? "Không đăng nhập được · Could not sign in";
      return;
    }
    sessionStorage.setItem("token", login.token);
    sessionStorage.setItem("name", form.elements.name.value);
    sessionStorage.setItem("until", login.expiresAt);
    showAccount();
    if (!schema) await load();
    query.focus();
  } catch {
    notice.textContent = "Máy chủ không trả lời · The server does not answer";
  } finally {
    form.elements.password.value = "";
  }
});

at("sign-out").addEventListener("click", async () => {
  socket?.close();
  await ask("mutation { logout }").catch(() => null);
  sessionStorage.clear();
  showAccount();
  at("sign-in").elements.name.focus();
});

// ---- running

const refusalIn = (data) => Object.values(data ?? {}).find((one) => one?.code && one?.message);

const run = async () => {
  if (socket) {
    socket.close();
    return;
  }
  let values = {};
  try {
    values = variables.value.trim() ? JSON.parse(variables.value) : {};
  } catch (error) {
    report(`Biến không phải JSON hợp lệ · The variables are not valid JSON: ${error.message}`, true);
    variables.focus();
    return;
  }
  if (/^\s*(#.*\s*)*subscription\b/.test(query.value)) {
    watch(values);
    return;
  }
  at("run").disabled = true;
  report("Đang chạy · Running");
  const begun = performance.now();
  try {
    const { code, id, body } = await ask(query.value, values);
    const took = `${Math.round(performance.now() - begun)} ms`;
    const refused = body.errors?.[0] ?? refusalIn(body.data);
    report([refused?.message, `HTTP ${code}`, took, id].filter(Boolean).join("  ·  "), Boolean(refused));
    memory.learn(body.data);
    paint(JSON.stringify(body, null, 2));
  } catch {
    report("Máy chủ không trả lời · The server does not answer", true);
  } finally {
    at("run").disabled = false;
  }
};

// ---- watching: what comes is shown with the latest first; the same button ends it

const SHOWN = 50;
let socket = null;

const watch = (values) => {
  const told = [];
  let refused = null;
  const send = (message) => socket.send(JSON.stringify(message));
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/graphql`, "graphql-transport-ws");
  at("run").textContent = "Dừng · Stop";
  report("Đang theo dõi · Watching");
  paint("");
  socket.addEventListener("open", () => {
    const token = sessionStorage.getItem("token");
    send({ type: "connection_init", payload: token ? { authorization: `Bearer ${token}` } : {} });
  });
  socket.addEventListener("message", ({ data }) => {
    const { type, payload } = JSON.parse(data);
    if (type === "connection_ack") send({ id: "1", type: "subscribe", payload: { query: query.value, variables: values } });
    if (type === "ping") send({ type: "pong" });
    if (type === "error" || type === "complete") {
      refused = payload?.[0]?.message ?? null;
      socket.close();
    }
    if (type !== "next") return;
    memory.learn(payload.data);
    told.unshift(payload);
    told.length = Math.min(told.length, SHOWN);
    report(`Đang theo dõi · Watching  ·  ${new Date().toLocaleTimeString("vi-VN")}`);
    paint(told.map((one) => JSON.stringify(one, null, 2)).join("\n\n"));
  });
  socket.addEventListener("close", ({ code, reason }) => {
    socket = null;
    at("run").textContent = "Chạy · Run";
    const ended = code < 4000 && !refused;
    report([refused ?? "Đã dừng · Stopped", ended ? null : code, reason].filter(Boolean).join("  ·  "), !ended);
  });
};

const report = (text, bad = false) => {
  status.textContent = text;
  status.classList.toggle("bad", bad);
};

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|-?\b\d[\d.eE+-]*|\b(?:true|false|null)\b/g;

const paint = (text) => {
  result.replaceChildren();
  if (text.length > 200_000) {
    result.textContent = text;
    return;
  }
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = match[2] ? "k" : match[1] ? "s" : "n";
    const shown = match[1] ?? match[0];
    result.append(text.slice(last, match.index), make("span", { className: kind }, shown));
    last = match.index + shown.length;
  }
  result.append(text.slice(last));
};

// ---- the editor

let leaving = false;
query.addEventListener("keydown", (event) => {
  if (event.key === "Escape") leaving = true;
  else if (event.key === "Tab" && !event.shiftKey && !leaving) {
    event.preventDefault();
    query.setRangeText("  ", query.selectionStart, query.selectionEnd, "end");
  } else leaving = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
at("run").addEventListener("click", run);

// ---- examples and schema

const choose = (example, button) => {
  const written = compose(schema, example, memory);
  query.value = written.query;
  variables.value = Object.keys(written.variables).length ? JSON.stringify(written.variables, null, 2) : "";
  document.querySelector("#examples [aria-current]")?.removeAttribute("aria-current");
  button.setAttribute("aria-current", "step");
};

const listExamples = () => {
  const known = EXAMPLES.filter((example) => schema.field(schema[example.root], example.field));
  const items = known.map((example) => {
    const [vi, en] = example.title;
    const button = make("button", { type: "button" }, vi, make("span", {}, en));
    button.addEventListener("click", () => {
      choose(example, button);
      query.focus();
      query.setSelectionRange(0, 0);
      query.scrollTop = 0;
    });
    return make("li", {}, button);
  });
  at("examples").replaceChildren(...items);
  const first = known.findIndex((example) => example.field === "cases");
  if (!query.value && known.length) choose(known[Math.max(first, 0)], items[Math.max(first, 0)].firstChild);
};

const load = async () => {
  try {
    const { body } = await ask(INTROSPECTION);
    if (!body.data) throw new Error(body.errors?.[0]?.message);
    schema = new Schema(body.data.__schema);
    browser.load(schema);
    listExamples();
  } catch (error) {
    at("schema").textContent = `Không đọc được lược đồ · The schema could not be read. ${error.message ?? ""}`;
  }
};

showAccount();
if (sessionStorage.getItem("token")) load();
else at("schema").textContent = "Đăng nhập để đọc lược đồ · Sign in to read the schema";
