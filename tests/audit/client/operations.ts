// The operations of the README, as a program that is given its types by graphql-codegen asks them.
import type { ResultOf, TypedDocumentNode, VariablesOf } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import {
  ApproveCaseDocument,
  CaseChangedDocument,
  CaseDocument,
  ExecuteExtractionDocument,
  LoginDocument,
  QueuePageDocument,
  RequestExtractionDocument,
} from "./generated/graphql.js";

const ask = async <Result, Variables>(
  url: string,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<Result> => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const body = (await answer.json()) as { data: Result; errors?: { message: string }[] };
  if (body.errors) throw new Error(body.errors[0]?.message);
  return body.data;
};

export const signIn = async (url: string, name: string, password: string): Promise<string> => {
  const { login } = await ask(url, LoginDocument, { input: { name, password } });
  if (login.__typename !== "Session") throw new Error(login.message);
  return login.token;
};

// What is due first, with a name for whoever holds it, and the first of the units that may receive it.
export const queue = async (url: string, token: string): Promise<{ due: string[]; unit: string | undefined }> => {
  const { cases, units } = await ask(url, QueuePageDocument, { first: 10, filter: { states: ["DETECTED"] } }, token);
  return {
    due: cases.nodes.map((one) => `${one.number} ${one.due ?? "-"} ${one.dueRule?.citation ?? "-"} ${one.holder.name}`),
    unit: units.nodes[0]?.id,
  };
};

export const open = async (url: string, token: string, number: string): Promise<string[]> => {
  const { case: found } = await ask(url, CaseDocument, { number, purpose: "VIOLATION_HANDLING" }, token);
  return found?.availableActions.filter((one) => one.enabled).map((one) => one.action) ?? [];
};

export const approve = async (url: string, token: string, caseId: string, unit: string): Promise<string> => {
  const input = { caseId, plate: "73A-123.45", recipientUnitId: unit, commandId: crypto.randomUUID() };
  const { approveCase } = await ask(url, ApproveCaseDocument, { input }, token);
  switch (approveCase.__typename) {
    case "CaseApproved":
      return approveCase.position;
    case "InvalidInput":
      throw new Error(`${approveCase.path}: ${approveCase.message}`);
    default:
      // every refusal has these, whichever it is
      throw new Error(`${approveCase.code}: ${approveCase.message} (${approveCase.rule?.citation ?? "-"})`);
  }
};

export const extract = async (url: string, token: string, cameraId: string): Promise<number> => {
  const input = {
    cameraId,
    from: "2026-11-22T08:00:00+07:00",
    to: "2026-11-22T08:10:00+07:00",
    purpose: "SECURITY" as const,
    undertaking: true,
    commandId: crypto.randomUUID(),
  };
  const { requestExtraction } = await ask(url, RequestExtractionDocument, { input }, token);
  if (requestExtraction.__typename !== "ExtractionRequested") throw new Error(requestExtraction.message);
  const extractionId = requestExtraction.extraction.id;
  const executing = { extractionId, commandId: crypto.randomUUID() };
  const { executeExtraction } = await ask(url, ExecuteExtractionDocument, { input: executing }, token);
  if (executeExtraction.__typename !== "ExtractionExecuted") throw new Error(executeExtraction.message);
  return executeExtraction.extraction.execution?.files.reduce((sum, file) => sum + file.size, 0) ?? 0;
};

export const resumeFrom = (
  last: ResultOf<typeof CaseChangedDocument>,
): VariablesOf<typeof CaseChangedDocument> => ({ minPosition: last.caseChanged.position });

// What is no field, no argument and no value of the schema does not compile.
export const neverCalled = (): unknown[] => [
  // @ts-expect-error there is no such state
  ask("", QueuePageDocument, { first: 10, filter: { states: ["LOST"] } }),
  // @ts-expect-error a plate is not a number
  ask("", ApproveCaseDocument, { input: { caseId: "", plate: 1, recipientUnitId: "", commandId: "" } }),
];
