/** What the settings leave out of a trace, in words for its header. */
import type { PortRange, Settings } from './settings.ts';

/** Scope, role and sample have a line of their own there. */
export function leftOut({ ports, cgroups }: Pick<Settings, 'ports' | 'cgroups'>): readonly string[] {
  const ofPorts = `ports other than ${ports.map(portText).join(', ')}, and Unix sockets, which have none`;
  const ofGroups = `containers, services and cgroups other than ${cgroups.join(', ')}`;
  return [...(ports.length === 0 ? [] : [ofPorts]), ...(cgroups.length === 0 ? [] : [ofGroups])];
}

function portText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
