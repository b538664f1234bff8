// Starts an Offshoot experiment from TypeScript with Temporal's own SDK: everything is plain JSON.
//
//     ./offshoot up                       # in another terminal
//     npm install --no-package-lock
//     npx tsx start-experiment.ts
//
// Waits until a person is asked and exits with 5, telling how to approve; with --approve-as it
// approves itself, under another name than the requester's, and exits with 0 once merged.
// The contract is docs/json-contract.md.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';

const EXIT = { merged: 0, dropped: 3, pending: 5 };

interface Changes {
  digest: string;
  schemaChanges: { kind: string; objectType: string; identity: string }[];
  tables: {
    table: { schema: string; name: string };
    inserted: number;
    updated: number;
    deleted: number;
  }[];
}

interface Outcome {
  outcome: string;
  by: string;
  why: string;
}

interface Status {
  stage: string;
  changes?: Changes;
  judgement?: { hazards: { hazard: string; severity: string }[] };
  outcome?: Outcome;
}

/** Polls the status query until a person is asked or the experiment has ended. */
async function waitForDecision(experiment: WorkflowHandle): Promise<Status> {
  for (;;) {
    const status = await experiment.query<Status>('status');
    if (status.stage === 'AWAITING_DECISION' || status.stage === 'CLOSED') return status;
    await sleep(200);
  }
}

function printDiff(changes: Changes): void {
  console.log(`change set ${changes.digest}`);
  for (const change of changes.schemaChanges) {
    console.log(`  ${change.kind.toLowerCase()} ${change.objectType} ${change.identity}`);
  }
  for (const { table, inserted, updated, deleted } of changes.tables) {
    console.log(`  ${table.schema}.${table.name}: +${inserted} ~${updated} -${deleted}`);
  }
}

function exitCode(outcome: Outcome): number {
  console.log(`${outcome.outcome} by ${outcome.by}: ${outcome.why}`);
  return outcome.outcome === 'MERGED' ? EXIT.merged : EXIT.dropped;
}

async function main(): Promise<number> {
  const { values: given } = parseArgs({
    options: {
      address: { type: 'string', default: '127.0.0.1:7233' },
      parent: { type: 'string', default: 'shop' },
      sql: {
        type: 'string',
        default: 'UPDATE customers SET email = lower(email) WHERE email <> lower(email)',
      },
      'approve-as': { type: 'string' },
    },
  });

  const connection = await Connection.connect({ address: given.address });
  try {
    const client = new Client({ connection });
    const id = `typescript-${randomBytes(4).toString('hex')}`;
    const experiment = await client.workflow.start('Experiment', {
      workflowId: `experiment-${id}`,
      taskQueue: 'offshoot',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [
        {
          goal: 'Lower-case all e-mail addresses',
          parent: given.parent,
          script: given.sql,
          requestedBy: 'typescript-agent',
          ttl: '30m',
        },
      ],
    });
    console.log(`started ${id}`);

    const status = await waitForDecision(experiment);
    if (status.changes) printDiff(status.changes);
    if (status.outcome) return exitCode(status.outcome);

    const approver = given['approve-as'];
    if (!approver) {
      console.log(`approve it with: ./offshoot experiment approve ${id} -m WHY`);
      return EXIT.pending;
    }

    await experiment.executeUpdate('decide', {
      args: [
        {
          decision: 'APPROVE',
          request: {
            by: approver,
            reason: 'looked at it from TypeScript',
            digest: status.changes?.digest,
            acceptHazards: (status.judgement?.hazards ?? [])
              .filter((hazard) => hazard.severity === 'NEEDS_NAME')
              .map((hazard) => hazard.hazard),
          },
        },
      ],
    });
    return exitCode((await experiment.result()) as Outcome);
  } finally {
    await connection.close();
  }
}

process.exitCode = await main();
