/** What goes in and out of the simulated resource manager, free of sockets. */

export interface ArmRequest {
  method: string;
  url: URL;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface ArmResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

export type Json = Record<string, unknown>;

export function json(status: number, body: unknown, headers: Record<string, string> = {}): ArmResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

export function empty(status: number, headers: Record<string, string> = {}): ArmResponse {
  return { status, headers, body: '' };
}

/** What a proxy on the way answers in Azure's stead: a page, without a header of Azure's. */
export function proxyPage(status: number): ArmResponse {
  const body = '<!DOCTYPE html><html><head><title>Proxy</title></head><body>Please log in.</body></html>';
  return { status, headers: { 'content-type': 'text/html' }, body };
}

/** A refusal, thrown anywhere in a provider. */
export class ArmFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;
  readonly more: Json;

  constructor(
    status: number,
    code: string,
    message: string,
    more: Json = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
    this.headers = headers;
  }

  response(): ArmResponse {
    const { code, message, more } = this;
    return json(this.status, { error: { code, message, ...more } }, this.headers);
  }
}

export function parseBody(request: ArmRequest): Json {
  if (request.body === '') return {};
  try {
    return JSON.parse(request.body) as Json;
  } catch {
    throw new ArmFailure(
      400,
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized.',
    );
  }
}
