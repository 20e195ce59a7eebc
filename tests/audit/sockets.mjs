// `graphql-transport-ws` as its own client speaks it, and what the client never does, against the address given.
// One JSON line with what came out; the account to sign in with comes on stdin.
import { readFileSync } from "node:fs";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const url = process.argv[2];
const address = url.replace(/^http/, "ws");
const PROTOCOL = "graphql-transport-ws";
const PATIENCE_MS = 20_000;
const { name, password } = JSON.parse(readFileSync(0, "utf8"));
const CHANGED = "subscription($p: Position) { caseChanged(minPosition: $p) { position event case { id } } }";
const LOGIN = `mutation($input: LoginInput!) {
  login(input: $input) { __typename ... on Session { token } ... on Refusal { code } }
}`;

// ---- a socket without a client: what is said is what was sent

const open = (protocols = PROTOCOL, headers = {}) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(address, protocols, { headers });
    const heard = [];
    const waiting = [];
    const tell = (what) => (waiting.length ? waiting.shift()(what) : heard.push(what));
    const next = () =>
      heard.length
        ? Promise.resolve(heard.shift())
        : new Promise((told, late) => {
            const timer = setTimeout(() => late(new Error("nothing was said")), PATIENCE_MS);
            waiting.push((what) => (clearTimeout(timer), told(what)));
          });
    const say = (message) => socket.send(typeof message === "object" ? JSON.stringify(message) : message);
    socket.on("message", (data) => tell(JSON.parse(data)));
    socket.on("close", (code, reason) => tell({ closed: code, reason: String(reason) }));
    socket.on("error", reject);
    socket.on("open", () => resolve({ socket, say, next }));
  });

const begun = async (payload) => {
  const one = await open();
  one.say({ type: "connection_init", payload });
  expect(await one.next(), { type: "connection_ack" });
  return one;
};

const expect = (found, wanted) => {
  const differs = Object.keys(wanted).find((key) => JSON.stringify(found[key]) !== JSON.stringify(wanted[key]));
  if (differs) throw new Error(`${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
};

const ask = (query, variables = {}, id = "1") => ({ id, type: "subscribe", payload: { query, variables } });
const closes = (code, ...messages) => async () => {
  const one = await open();
  messages.forEach(one.say);
  let found = await one.next();
  while (!found.closed) found = await one.next();
  expect(found, { closed: code });
};

// ---- the protocol's own client

const client = (token) => createClient({
  url: address, webSocketImpl: WebSocket, retryAttempts: 0,
  connectionParams: token ? { authorization: `Bearer ${token}` } : undefined,
});
const first = async (from, payload) => {
  const results = from.iterate(payload);
  try {
    return (await results.next()).value;
  } finally {
    await results.return();
  }
};

const guest = client();
const signedIn = await first(guest, { query: LOGIN, variables: { input: { name, password } } });
const token = signedIn.data.login.token;
const authorization = `Bearer ${token}`;
const known = client(token);

const probes = {
  "a mutation over the socket": async () => expect(signedIn.data.login, { __typename: "Session" }),
  "a query over the socket": async () =>
    expect(await first(known, { query: "{ me { name } }" }), { data: { me: { name } } }),
  "two operations in one document": async () =>
    expect(
      await first(known, { query: "query A { me { name } } query B { me { role } }", operationName: "A" }),
      { data: { me: { name } } },
    ),
  "a wrong document is an error of its operation": async () => {
    const failed = await first(known, { query: "{ me { nothing } }" }).catch((errors) => errors);
    expect(failed[0].extensions, { code: "INVALID_DOCUMENT" });
    expect(await first(known, { query: "{ me { name } }" }), { data: { me: { name } } });
  },
  "a subscription that is resumed": async () => {
    const from = known.iterate({ query: CHANGED, variables: { p: "0".repeat(16) } });
    const told = [];
    while (told.length < 2) told.push((await from.next()).value.data.caseChanged);
    await from.return();
    const resumed = await first(known, { query: CHANGED, variables: { p: told[0].position } });
    expect(resumed, { data: { caseChanged: told[1] } });
  },
  "a subscription that breaks off and comes back": async () => {
    const back = createClient({
      url: address, webSocketImpl: WebSocket, retryAttempts: 2, retryWait: async () => {},
      shouldRetry: () => true, connectionParams: { authorization },
    });
    const from = back.iterate({ query: CHANGED, variables: { p: "0".repeat(16) } });
    const before = (await from.next()).value;
    back.terminate();
    let after = (await from.next()).value;
    while (after.data.caseChanged.position !== before.data.caseChanged.position) after = (await from.next()).value;
    await from.return();
    await back.dispose();
  },
  "no token is nobody": async () => {
    const failed = await first(guest, { query: CHANGED }).catch((errors) => errors);
    expect(failed[0].extensions, { code: "UNAUTHENTICATED" });
  },

  "4400 no JSON": closes(4400, { type: "connection_init" }, "{"),
  "4400 a list": closes(4400, { type: "connection_init" }, []),
  "4400 bytes": async () => {
    const one = await begun();
    one.socket.send(Buffer.from("{}"));
    expect(await one.next(), { closed: 4400 });
  },
  "4400 an unknown type": closes(4400, { type: "connection_init" }, { type: "start", id: "1" }),
  "4400 a type without end": closes(4400, { type: "connection_init" }, { type: "x".repeat(100_000) }),
  "4400 no id": closes(4400, { type: "connection_init" }, { type: "subscribe", payload: { query: "{ me { name } }" } }),
  "4400 no query": closes(4400, { type: "connection_init" }, { type: "subscribe", id: "1", payload: {} }),
  "4400 an init that is no object": closes(4400, { type: "connection_init", payload: 1 }),
  "4401 before init": closes(4401, ask("{ me { name } }")),
  "4403 a forged token": closes(4403, { type: "connection_init", payload: { authorization: "Bearer forged" } }),
  "4406 another protocol": async () => {
    const one = await open([]);
    expect(await one.next(), { closed: 4406 });
    await open("graphql-ws").then(
      async (old) => expect(await old.next(), { closed: 4406 }),
      (error) => expect(error, { message: "Server sent no subprotocol" }),
    );
  },
  "4408 no init in time": async () => {
    const one = await open();
    const began = Date.now();
    expect(await one.next(), { closed: 4408 });
    const took = (Date.now() - began) / 1000;
    if (took < 9 || took > 15) throw new Error(`after ${took} s, not 10`);
  },
  "4409 an id twice": async () => {
    const one = await begun({ authorization });
    one.say(ask(CHANGED));
    one.say(ask(CHANGED));
    expect(await one.next(), { closed: 4409 });
  },
  "4429 init twice": closes(4429, { type: "connection_init" }, { type: "connection_init" }),
  "1009 a frame too large": closes(1009, { type: "connection_init" }, `{"type": "${"x".repeat(300_000)}"}`),

  "init with null": async () => {
    const one = await open();
    one.say({ type: "connection_init", payload: null });
    expect(await one.next(), { type: "connection_ack" });
    one.socket.close();
  },
  "ping and pong, before and after init": async () => {
    const one = await open();
    one.say({ type: "ping", payload: { at: 1 } });
    expect(await one.next(), { type: "pong" });
    one.say({ type: "pong" });
    one.say({ type: "connection_init" });
    expect(await one.next(), { type: "connection_ack" });
    one.say({ type: "ping" });
    expect(await one.next(), { type: "pong" });
    one.socket.close();
  },
  "complete makes the id free again": async () => {
    const one = await begun({ authorization });
    for (let n = 0; n < 20; n += 1) {
      one.say(ask(CHANGED));
      one.say({ id: "1", type: "complete" });
    }
    one.say({ id: "never", type: "complete" });
    one.say(ask("{ me { name } }"));
    expect(await one.next(), { id: "1", type: "next", payload: { data: { me: { name } } } });
    expect(await one.next(), { id: "1", type: "complete" });
    one.socket.close();
  },
  "a syntax error is an error, and the socket stays": async () => {
    const one = await begun({ authorization });
    one.say(ask("{"));
    const refused = await one.next();
    expect(refused, { id: "1", type: "error" });
    expect(refused.payload[0].extensions, { code: "SYNTAX_ERROR" });
    one.say(ask("{ me { name } }"));
    expect(await one.next(), { type: "next" });
    one.socket.close();
  },
  "the 101st operation": async () => {
    const one = await begun({ authorization });
    for (let n = 0; n <= 100; n += 1) one.say(ask(CHANGED, {}, String(n)));
    const refused = await one.next();
    expect(refused, { id: "100", type: "error" });
    expect(refused.payload[0].extensions, { code: "TOO_MANY_OPERATIONS", retryable: true });
    one.socket.close();
  },
  "another site's page": async () => {
    await open(PROTOCOL, { origin: "http://elsewhere.example" }).then(
      () => { throw new Error("it was let in"); },
      (error) => expect(error, { message: "Unexpected server response: 403" }),
    );
  },
};

const found = { ok: 0, error: [] };
await Promise.all(
  Object.entries(probes).map(([what, probe]) =>
    probe().then(() => (found.ok += 1), (error) => found.error.push(`${what}: ${error.message ?? JSON.stringify(error)}`)),
  ),
);
await Promise.all([guest.dispose(), known.dispose()]);
console.log(JSON.stringify(found));
process.exit(0);
