// Mesa's lavapipe: a Vulkan device in software, for machines without a graphics card. Comes from
// Debian's own packages, unpacked into a folder of ours: nothing is installed, and nobody needs to
// be root. Debian 12 has it in its backports only.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WANTED = ['mesa-vulkan-drivers', 'libvulkan1'];

/** Whether there is something that a Vulkan loader would find by itself. */
const hasCard = () => process.platform !== 'linux' || existsSync('/dev/dri') || existsSync('/dev/nvidia0');

function unpack(folder, fail) {
  const run = (program, args) => {
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    if (error || status !== 0)
      fail(`no software for Vulkan: ${program} ${args.at(-1)}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
    return stdout;
  };
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const suites = codename === 'bookworm' ? [codename, `${codename}-backports`] : [codename];
  writeFileSync(
    join(folder, 'sources'),
    suites.map((suite) => `deb http://deb.debian.org/debian ${suite} main\n`).join(''),
  );
  for (const name of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(folder, name), { recursive: true });
  const options = [
    ...['Dir::Etc::SourceParts=/dev/null', `Dir::Etc::SourceList=${join(folder, 'sources')}`],
    ...[`Dir::State::Lists=${join(folder, 'lists')}`, `Dir::Cache=${join(folder, 'cache')}`],
    ...['Debug::NoLocking=1', `APT::Default-Release=${suites.at(-1)}`],
  ].flatMap((option) => ['-o', option]);
  run('apt-get', [...options, 'update']);
  const plan = run('apt-get', [...options, '--no-install-recommends', '-s', 'install', ...WANTED]);
  const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  run('apt-get', [...options, 'download', ...new Set([...packages, ...WANTED])]);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    run('dpkg-deb', ['-x', file, 'root']);
    rmSync(join(folder, file));
  }
  rmSync(join(folder, 'lists'), { recursive: true });
  rmSync(join(folder, 'cache'), { recursive: true });
}

/** Where Debian puts libraries of this processor. */
const libraries = (folder) =>
  join(folder, 'root', 'usr', 'lib', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`);

/** The environment in which Vulkan finds a device: none to add where there is a card. */
export function softwareVulkan({ folder, tell, fail }) {
  if (hasCard() || process.env.VK_DRIVER_FILES) return {};
  if (!existsSync(folder)) {
    tell("bootstrap: no graphics card here; fetching Mesa's software for Vulkan from Debian");
    const temporary = `${folder}.new`;
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    unpack(temporary, fail);
    renameSync(temporary, folder);
  }
  const library = join(libraries(folder), 'libvulkan_lvp.so');
  const driver = join(folder, 'lavapipe.json');
  writeFileSync(
    driver,
    JSON.stringify({ file_format_version: '1.0.0', ICD: { api_version: '1.3.0', library_path: library } }),
  );
  const path = [libraries(folder), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: path };
}
