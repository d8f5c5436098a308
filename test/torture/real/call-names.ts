import type { ArmRequest } from '../../world/azure/http.ts';
import type { Call } from '../../world/kubernetes/proxy-faults.ts';

/** `PUT privateEndpoints`: what a call is to, without names. */
export function azureCall({ method, url }: ArmRequest): string {
  const [, provider = ''] = /\/providers\/[^/]+\/(.+)$/i.exec(decodeURIComponent(url.pathname)) ?? [];
  const types = provider.split('/').filter((_, index) => index % 2 === 0);
  return `${method} ${types.join('/') || 'azure'}`;
}

/** `PATCH arcprivatelinkscopes/status`. */
export function kubernetesCall({ method, resource, subresource }: Call): string {
  return `${method} ${[resource, subresource].filter((part) => part !== '').join('/')}`;
}
