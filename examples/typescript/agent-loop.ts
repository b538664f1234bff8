// An agent at the keyboard, from TypeScript with Temporal's own SDK: look, try, look again, submit.
//
//     ./offshoot up                       # in another terminal
//     npm install --no-package-lock
//     npx tsx agent-loop.ts
//
// Opens a session, sends statements one after the other, reads what each did, undoes what was
// wrong, and hands in the rest. What a model would decide is decided here by a few lines. Exits with
// 5 when a person is asked; with --discard it hands nothing in and exits with 3.
// The contract is docs/sessions.md.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';

const EXIT = { dropped: 3, pending: 5 };

interface RunAnswer {
  run: number;
  applied: boolean;
  statements: { rows: (string | null)[][]; rowsAffected?: number }[];
  failure?: { message: string; sqlState?: string };
}

interface Status {
  stage: string;
  outcome?: { outcome: string; why: string };
}

interface Changes {
  tables: { table: { name: string }; inserted: number; updated: number; deleted: number }[];
}

/** The session of one experiment: a workflow that takes updates, one after the other. */
class Session {
  constructor(private readonly handle: WorkflowHandle) {}

  async send<T>(update: string, message: object): Promise<T> {
    for (let tries = 0; tries < 50; tries++) {
      try {
        return await this.handle.executeUpdate<T, [object]>(update, { args: [message] });
      } catch (error) {
        // The experiment is in session a moment before its session can be found.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        await sleep(200);
      }
    }
    throw new Error('the session has ended; see ./offshoot experiment show');
  }

  async run(sql: string): Promise<RunAnswer> {
    // The same request id is the same request: sending it again runs nothing twice.
    const requestId = randomBytes(8).toString('hex');
    const answer = await this.send<RunAnswer>('run', { sql, rows: 5, requestId });
    console.log(`run ${answer.run}: ${sql}`);
    for (const statement of answer.statements) {
      for (const row of statement.rows) console.log('   ', row);
      if (statement.rowsAffected !== undefined) console.log(`    ${statement.rowsAffected} rows`);
    }
    if (!answer.applied) console.log(`    ${answer.failure?.message}`);
    return answer;
  }
}

async function waitForStage(experiment: WorkflowHandle, ...stages: string[]): Promise<Status> {
  for (;;) {
    const status = await experiment.query<Status>('status');
    if ([...stages, 'CLOSED'].includes(status.stage)) return status;
    await sleep(200);
  }
}

async function main(): Promise<number> {
  const { values: given } = parseArgs({
    options: {
      address: { type: 'string', default: '127.0.0.1:7233' },
      parent: { type: 'string', default: 'shop' },
      table: { type: 'string', default: 'products' },
      discard: { type: 'boolean', default: false },
    },
  });
  const table = given.table;
  const connection = await Connection.connect({ address: given.address });
  try {
    const client = new Client({ connection });
    const id = `typescript-loop-${randomBytes(4).toString('hex')}`;
    const experiment = await client.workflow.start('Experiment', {
      workflowId: `experiment-${id}`,
      taskQueue: 'offshoot',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [
        {
          goal: `Note on every row of ${table} that it was looked at`,
          parent: given.parent,
          requestedBy: 'typescript-agent',
          ttl: '30m',
          session: { idle: '5m' },
        },
      ],
    });
    console.log(`opened ${id}`);
    const opened = await waitForStage(experiment, 'IN_SESSION');
    if (opened.stage === 'CLOSED') {
      console.log(`${opened.outcome?.outcome}: ${opened.outcome?.why}`);
      return EXIT.dropped;
    }
    const session = new Session(client.workflow.getHandle(`session-${id}`));

    // Look.
    await session.run(`SELECT * FROM ${table} ORDER BY 1`);
    // Try, and read what went wrong.
    const guessed = await session.run(`UPDATE ${table} SET looked_at = true`);
    if (!guessed.applied && guessed.failure?.sqlState === '42703') {
      await session.run(`ALTER TABLE ${table} ADD COLUMN looked_at boolean`);
    }
    await session.send('savepoint', { name: 'column-is-there' });
    // Try something that turns out to be too much, and undo it.
    await session.run(`UPDATE ${table} SET looked_at = true; SELECT count(*) FROM ${table}`);
    const undone = await session.send<{ undoneRuns: number[] }>('undo', { name: 'column-is-there' });
    console.log(`undone: runs ${undone.undoneRuns.join(', ')}`);
    await session.run(
      `UPDATE ${table} SET looked_at = true WHERE ctid IN (SELECT ctid FROM ${table} LIMIT 3)`,
    );
    // Look again: what would be handed in now.
    const changes = await session.send<Changes>('diff', {});
    for (const changed of changes.tables) {
      console.log(
        `${changed.table.name}: +${changed.inserted} ~${changed.updated} -${changed.deleted}`,
      );
    }

    if (given.discard) {
      await session.send('discard', { reason: 'only tried' });
      const ended = await waitForStage(experiment);
      console.log(`${ended.outcome?.outcome}: ${ended.outcome?.why}`);
      return EXIT.dropped;
    }

    const handedIn = await session.send<{ statements: number }>('submit', {
      reason: 'three rows noted',
    });
    console.log(`handed in: ${handedIn.statements} statements`);
    await waitForStage(experiment, 'AWAITING_DECISION');
    console.log(`approve it with: ./offshoot experiment approve ${id} -m WHY`);
    return EXIT.pending;
  } finally {
    await connection.close();
  }
}

process.exitCode = await main();
