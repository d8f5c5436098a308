import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../test/world/run.ts';

/** The other tools, each at a pinned version, from PyPI and through the Go module proxy, in the cache outside the tree. */

const cache = join(
  process.env['ARC_TEST_CACHE'] ?? join(homedir(), '.cache', 'arc-private-link-operator'),
  'peers',
);

export const pins = {
  hybridCompute: 'azure-mgmt-hybridcompute==10.0.0',
  identity: 'azure-identity==1.27.0',
  azureCli: 'azure-cli==2.91.0',
  // Later ones are modules that the proxy does not have.
  azapi: 'github.com/Azure/terraform-provider-azapi@v1.15.0',
  tofu: 'github.com/opentofu/opentofu@v1.10.6',
};

/** A virtual environment with these packages; gives its `bin`. */
export async function pythonPackages(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(cache, [name, ...packages].join('-').replaceAll(/[^\w.-]/g, '-'));
  const bin = join(folder, 'bin');
  if (existsSync(join(folder, 'complete'))) return bin;
  rmSync(folder, { recursive: true, force: true });
  await must('python3', ['-m', 'venv', folder]);
  await must(join(bin, 'pip'), ['install', '--quiet', ...packages]);
  await must('touch', [join(folder, 'complete')]);
  return bin;
}

/** Builds a program from its Go module; gives the path of the binary. */
export async function goProgram(module: string, name: string, path = '.'): Promise<string> {
  const folder = join(cache, module.replaceAll(/[^\w.-]/g, '-'));
  const binary = join(folder, name);
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  // As its own main module: `go install` refuses those with replace directives.
  const { stdout } = await must('go', ['mod', 'download', '-json', module], { cwd: folder });
  const source = join(folder, 'source');
  rmSync(source, { recursive: true, force: true });
  cpSync((JSON.parse(stdout) as { Dir: string }).Dir, source, { recursive: true });
  await must('chmod', ['-R', 'u+w', source]);
  await must('go', ['build', '-mod=readonly', '-o', binary, path], { cwd: source });
  rmSync(source, { recursive: true, force: true });
  return binary;
}

/** Terraform where it is installed, else OpenTofu, which runs the same providers and can be built. */
export async function terraform(): Promise<{ command: string; version: string }> {
  const installed = await run('terraform', ['version', '-json']).catch(() => undefined);
  if (installed?.code === 0) {
    const { terraform_version } = JSON.parse(installed.stdout) as { terraform_version: string };
    return { command: 'terraform', version: `Terraform ${terraform_version}` };
  }
  const command = await goProgram(pins.tofu, 'tofu', './cmd/tofu');
  return { command, version: `OpenTofu ${pins.tofu.replace(/.*@v/, '')}` };
}

async function must(
  command: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<{ stdout: string }> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args[0]}: ${stderr.trim().split('\n').at(-1)}`);
  return { stdout };
}
