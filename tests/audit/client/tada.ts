// The same with gql.tada, which reads the types out of the documents themselves.
import { initGraphQLTada, readFragment, type ResultOf, type VariablesOf } from "gql.tada";
import type { introspection } from "./generated/introspection.js";

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Date: string; DateTime: string; Dong: number; Position: string };
}>();

const row = graphql(`
  fragment Row on Case { id number state due dueRule { id citation } holder { name } }
`);

const queuePage = graphql(
  `
    query QueuePage($first: Int!, $after: String, $filter: CaseFilter) {
      cases(first: $first, after: $after, filter: $filter) { totalCount pageInfo { endCursor } nodes { ...Row } }
    }
  `,
  [row],
);

const approveCase = graphql(`
  mutation ApproveCase($input: ApproveCaseInput!) {
    approveCase(input: $input) {
      __typename
      ... on CaseApproved { position case { number state } }
      ... on Refusal { code message(language: EN) }
      ... on InvalidInput { path }
    }
  }
`);

const login = graphql(`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      __typename
      ... on Session { token expiresAt }
      ... on Refusal { code message }
    }
  }
`);

const changed = graphql(`
  subscription CaseChanged($minPosition: Position) {
    caseChanged(minPosition: $minPosition) { position event case { ...Row } }
  }
`, [row]);

export const titles = (page: ResultOf<typeof queuePage>): string[] =>
  page.cases.nodes.map((node) => {
    const one = readFragment(row, node);
    return `${one.number} ${one.state} ${one.due ?? "-"} ${one.dueRule?.citation ?? "-"} ${one.holder.name}`;
  });

export const tokenOf = ({ login: answer }: ResultOf<typeof login>): string => {
  if (answer.__typename === "Session") return answer.token;
  throw new Error(answer.message);
};

export const placeOf = ({ approveCase: answer }: ResultOf<typeof approveCase>): string => {
  if (answer.__typename === "CaseApproved") return answer.position;
  throw new Error(answer.__typename === "InvalidInput" ? answer.path : answer.code);
};

export const resumeFrom = ({ caseChanged }: ResultOf<typeof changed>): VariablesOf<typeof changed> => ({
  minPosition: caseChanged.position,
});

export const detected: VariablesOf<typeof queuePage> = { first: 10, filter: { states: ["DETECTED"] } };
// @ts-expect-error there is no such state
export const lost: VariablesOf<typeof queuePage> = { first: 10, filter: { states: ["LOST"] } };
