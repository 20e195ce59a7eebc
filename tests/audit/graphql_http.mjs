// The GraphQL-over-HTTP audits of graphql-http against the address given; one JSON line with what came out.
import { serverAudits } from "graphql-http";

const url = process.argv[2];
const found = { ok: 0, notice: [], warn: [], error: [] };
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const { status, reason } = await audit.fn();
  if (status === "ok") found.ok += 1;
  else found[status].push(`${audit.id} ${audit.name}: ${reason}`);
}
console.log(JSON.stringify(found));
