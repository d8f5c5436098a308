/** A way to get tokens, as plain data. It holds secrets: it goes to src/azure/sign-in.ts and nowhere else. */
export type Credential =
  | { kind: 'clientSecret'; tenantId: string; clientId: string; clientSecret: string }
  | { kind: 'clientCertificate'; tenantId: string; clientId: string; certificate: string; password?: string }
  | { kind: 'clientCertificateFile'; tenantId: string; clientId: string; path: string }
  | { kind: 'workloadIdentity'; tenantId: string; clientId: string; getAssertion: () => Promise<string> }
  | { kind: 'federatedTokenFile'; tenantId: string; clientId: string; path: string }
  | { kind: 'managedIdentity'; clientId?: string };

/** `tenant/client`, for messages, logs and metrics. */
export function identityName(credential: Credential): string {
  if (credential.kind === 'managedIdentity') return `managed/${credential.clientId ?? 'system'}`;
  return `${credential.tenantId}/${credential.clientId}`;
}
