// The schema as the server describes it, and the panel that shows it.

const TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const INPUT = `name description defaultValue type { ${TYPE} }`;
export const INTROSPECTION = `query Schema {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) { name description isDeprecated type { ${TYPE} } args { ${INPUT} } }
      inputFields { ${INPUT} }
      enumValues { name description }
      possibleTypes { name }
      interfaces { name }
    }
  }
}`;

const standard = (item) => (item.defaultValue && item.defaultValue !== "null" ? ` = ${item.defaultValue}` : "");

export const written = (type) =>
  type.kind === "NON_NULL" ? `${written(type.ofType)}!` : type.kind === "LIST" ? `[${written(type.ofType)}]` : type.name;
export const named = (type) => (type.ofType ? named(type.ofType) : type.name);

/** Look-ups over an introspection answer. */
export class Schema {
  constructor(answer) {
    this.roots = ["queryType", "mutationType", "subscriptionType"].map((key) => answer[key]?.name).filter(Boolean);
    this.query = answer.queryType?.name;
    this.mutation = answer.mutationType?.name;
    this.subscription = answer.subscriptionType?.name;
    this.types = new Map(answer.types.map((type) => [type.name, type]));
  }

  field(typeName, name) {
    return this.types.get(typeName)?.fields?.find((field) => field.name === name);
  }

  names() {
    const others = [...this.types.keys()].filter((name) => !name.startsWith("__") && !this.roots.includes(name));
    return [...this.roots, ...others.sort()];
  }
}

export const make = (tag, attributes = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
};

/** Shows types one at a time, each name a way to the next. */
export class Browser {
  constructor(panel, find) {
    this.panel = panel;
    this.find = find;
    this.trail = [];
    find.addEventListener("input", () => this.list(find.value.trim().toLowerCase()));
  }

  load(schema) {
    this.schema = schema;
    this.list("");
  }

  link(type) {
    const name = typeof type === "string" ? type : named(type);
    return make("button", { type: "button", onclick: () => this.open(name) }, typeof type === "string" ? type : written(type));
  }

  list(wanted) {
    if (!this.schema) return;
    this.trail = [];
    const items = [];
    for (const name of this.schema.names()) {
      const fields = this.schema.types.get(name).fields ?? [];
      if (!wanted || name.toLowerCase().includes(wanted)) items.push(make("li", {}, this.link(name)));
      if (!wanted) continue;
      for (const field of fields.filter((one) => one.name.toLowerCase().includes(wanted))) {
        items.push(make("li", {}, this.link(name), `.${field.name}`));
      }
    }
    this.panel.replaceChildren(
      items.length ? make("ul", {}, ...items) : make("p", {}, "Không tìm thấy · Nothing by that name"),
    );
  }

  open(name) {
    const type = this.schema.types.get(name);
    if (!type) return;
    if (this.trail.at(-1) !== name) this.trail.push(name);
    const back = make("button", { type: "button", className: "back", onclick: () => this.back() }, "← Quay lại · Back");
    const parts = [back, make("h3", { tabIndex: -1 }, name), type.description ? make("p", {}, type.description) : null];
    const group = (title, rows) =>
      rows?.length && parts.push(make("h4", {}, title), make("ul", {}, ...rows.map((row) => make("li", {}, ...row))));
    const about = (one) => (one.description ? make("p", {}, one.description) : null);
    group("Trường · Fields", type.fields?.map((field) => [
      make("strong", {}, field.name), ...this.args(field.args), ": ", this.link(field.type),
      field.isDeprecated ? " (deprecated)" : null, about(field),
    ]));
    group("Đầu vào · Input fields", type.inputFields?.map((one) => [
      make("strong", {}, one.name), ": ", this.link(one.type), standard(one), about(one),
    ]));
    group("Giá trị · Values", type.enumValues?.map((one) => [make("strong", {}, one.name), about(one)]));
    group("Một trong · One of", type.possibleTypes?.map((one) => [this.link(one.name)]));
    group("Là · Implements", type.interfaces?.map((one) => [this.link(one.name)]));
    this.panel.replaceChildren(...parts.filter(Boolean));
    this.panel.scrollTop = 0;
    this.panel.querySelector("h3").focus({ preventScroll: true });
  }

  args(args) {
    if (!args.length) return [];
    const shown = args.flatMap((arg, n) => [
      n ? ", " : "", `${arg.name}: `, this.link(arg.type), standard(arg),
    ]);
    return ["(", ...shown, ")"];
  }

  back() {
    this.trail.pop();
    const previous = this.trail.at(-1);
    if (previous) this.open(previous);
    else this.list(this.find.value.trim().toLowerCase());
  }
}
