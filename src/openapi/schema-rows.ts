/** What of a JSON schema is read here: it is our own, and a test validates it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

type Schemas = Record<string, Schema>;

/** A field as the page lists it. */
export interface FieldRow {
  /** With the way to it: `usage.series[].cost`. */
  name: string;
  type: string;
  required: boolean;
  usual: unknown;
  text: string;
}

/** Every field of a schema, those within it after it; a field of several alternatives once. */
export function fieldRows(schema: Schema, schemas: Schemas, before = ''): FieldRow[] {
  const rows = resolved(schema, schemas).flatMap((one): FieldRow[] => {
    if (one.items) return fieldRows(one.items, schemas, `${before}[]`);
    const { properties = {}, required = [], additionalProperties: others } = one;
    const named = Object.entries(properties).flatMap(([name, field]) => {
      const path = before ? `${before}.${name}` : name;
      const row = {
        name: path,
        type: typeOf(field, schemas),
        required: required.includes(name),
        usual: field.default,
        text: textOf(field, schemas),
      };
      return [row, ...fieldRows(field, schemas, path)];
    });
    const keyed =
      typeof others === 'object' && Object.keys(others).length > 0
        ? fieldRows(others, schemas, `${before}{}`)
        : [];
    return [...named, ...keyed];
  });
  return rows.filter(({ name }, index) => rows.findIndex((row) => row.name === name) === index);
}

/** In a few words: `integer (1 to 1000)`, `string or list of string`, `a | b`. */
export function typeOf(schema: Schema, schemas: Schemas): string {
  const kinds = resolved(schema, schemas).map((one) => {
    if (one.const !== undefined) return JSON.stringify(one.const);
    if (one.enum) return one.enum.filter((value) => value !== null).join(' | ');
    if (one.items) return `list of ${typeOf(one.items, schemas)}`;
    const type = [one.type ?? 'any']
      .flat()
      .filter((name) => name !== 'null')
      .join(' or ');
    return `${one.format ?? type}${bounds(one)}`;
  });
  const canBeNull = isNullable(schema, schemas);
  const shown = [...new Set(kinds.filter((kind) => kind !== '')), ...(canBeNull ? ['null'] : [])];
  return shown.join(' or ');
}

/** A schema without its references, as its alternatives but for `null`. */
function resolved(schema: Schema, schemas: Schemas): Schema[] {
  const { $ref, anyOf, oneOf, allOf } = schema;
  if ($ref) return resolved(schemas[nameOf($ref)] ?? {}, schemas);
  const parts = anyOf ?? oneOf ?? allOf;
  if (parts) return parts.flatMap((part) => resolved(part, schemas));
  return schema.type === 'null' ? [] : [schema];
}

function isNullable(schema: Schema, schemas: Schemas): boolean {
  const { $ref, anyOf, oneOf, type = [] } = schema;
  if ($ref) return isNullable(schemas[nameOf($ref)] ?? {}, schemas);
  return (
    [type].flat().includes('null') ||
    (anyOf ?? oneOf ?? []).some((part) => isNullable(part, schemas))
  );
}

function textOf(schema: Schema, schemas: Schemas): string {
  const parts = [schema, ...(schema.anyOf ?? schema.allOf ?? [])];
  const told = parts.map(({ description, $ref }) =>
    description ? description : $ref ? (schemas[nameOf($ref)]?.description ?? '') : '',
  );
  return told.find((text) => text !== '') ?? '';
}

function nameOf(ref: string): string {
  return ref.slice('#/components/schemas/'.length);
}

function bounds({ minimum, maximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return ` (${minimum} to ${maximum})`;
  if (minimum !== undefined) return ` (from ${minimum})`;
  return maximum === undefined ? '' : ` (up to ${maximum})`;
}
