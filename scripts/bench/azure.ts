import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answers, AzureAddress, AzureStart, Question } from './azure-questions.ts';
import { keep, kill } from '../../test/world/child.ts';

/** A simulated Azure in a process of its own. */
export interface BenchAzure extends AzureAddress {
  ask<A extends keyof Answers>(question: Extract<Question, { about: A }>): Promise<Answers[A]>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('./azure-child.ts', import.meta.url));

/** Starts it with its world planted; rejects when it ends before that. */
export async function startAzure(start: AzureStart): Promise<BenchAzure> {
  const child = keep(fork(program, { execArgv: ['--max-old-space-size=4096'] }));
  const early = once(child, 'exit').then(([code]) => {
    throw new Error(`the simulated Azure ended with ${code}`);
  });
  early.catch(() => {}); // it is told to whoever waits for an answer
  child.send(start);
  const [address] = (await Promise.race([once(child, 'message'), early])) as [AzureAddress];
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on('message', (message) => {
    const { id, answer } = message as { id: number; answer: unknown };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let last = 0;
  return {
    ...address,
    ask<A extends keyof Answers>(question: Extract<Question, { about: A }>): Promise<Answers[A]> {
      const id = (last += 1);
      const answered = new Promise<Answers[A]>((resolve) => {
        waiting.set(id, (answer) => resolve(answer as Answers[A]));
      });
      child.send({ id, question });
      return Promise.race([answered, early]);
    },
    stop: () => kill(child),
  };
}
