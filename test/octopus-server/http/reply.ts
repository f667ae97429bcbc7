/** What a handler answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content:
    | { readonly kind: "json"; readonly value: unknown }
    | { readonly kind: "bytes"; readonly bytes: Buffer; readonly type: string }
    | { readonly kind: "none" };
}

export function ok(value: unknown): Reply {
  return { status: 200, content: { kind: "json", value } };
}

export function created(value: unknown): Reply {
  return { status: 201, content: { kind: "json", value } };
}

export function withStatus(status: number, value: unknown): Reply {
  return { status, content: { kind: "json", value } };
}

export function text(value: string): Reply {
  return { status: 200, content: { kind: "bytes", bytes: Buffer.from(value), type: "text/plain; charset=utf-8" } };
}

export function nothing(status: number): Reply {
  return { status, content: { kind: "none" } };
}
