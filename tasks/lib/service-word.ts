import { TaskFailure } from 'zx-tasks';
import { isService, type Service, services } from './stack.ts';

/** A service named on the command line, or a failure that lists the ones there are. */
export function requireService(word: string): Service {
  if (isService(word)) return word;
  throw new TaskFailure(
    `there is no service \`${word}\`; there are ${services.map((each) => `\`${each}\``).join(' and ')}`,
    { exitCode: 2 },
  );
}
