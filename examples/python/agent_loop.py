"""An agent at the keyboard, from Python with Temporal's own SDK: look, try, look again, submit.

    ./offshoot up                                    # in another terminal
    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python agent_loop.py

Opens a session, sends statements one after the other, reads what each did, undoes what was wrong,
and hands in the rest. What a model would decide is decided here by a few lines. Exits with 5 when a
person is asked; with --discard it hands nothing in and exits with 3.
The contract is docs/sessions.md.
"""

import argparse
import asyncio
import os
import secrets
import sys

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

EXIT_DROPPED, EXIT_PENDING = 3, 5


class Session:
    """The session of one experiment: a workflow that takes updates, one after the other."""

    def __init__(self, handle: WorkflowHandle) -> None:
        self._handle = handle

    async def send(self, update: str, message: dict) -> dict:
        for _ in range(50):
            try:
                return await self._handle.execute_update(update, message)
            except RPCError as error:
                # The experiment is in session a moment before its session can be found.
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(0.2)
        raise RuntimeError("the session has ended; see ./offshoot experiment show")

    async def run(self, sql: str) -> dict:
        # The same request id is the same request: sending it again runs nothing twice.
        answer = await self.send("run", {"sql": sql, "rows": 5, "requestId": secrets.token_hex(8)})
        print(f"run {answer['run']}: {sql}")
        for statement in answer["statements"]:
            for row in statement["rows"]:
                print("   ", row)
            if "rowsAffected" in statement:
                print(f"    {statement['rowsAffected']} rows")
        if not answer["applied"]:
            print(f"    {answer['failure']['message']}")
        return answer


async def wait_for_stage(experiment: WorkflowHandle, *stages: str) -> dict:
    while True:
        status = await experiment.query("status")
        if status["stage"] in (*stages, "CLOSED"):
            return status
        await asyncio.sleep(0.2)


async def main() -> int:
    arguments = argparse.ArgumentParser(description="Work in a session of Offshoot's.")
    arguments.add_argument("--address", default="127.0.0.1:7233")
    arguments.add_argument("--parent", default="shop")
    arguments.add_argument("--table", default="products")
    arguments.add_argument("--discard", action="store_true")
    given = arguments.parse_args()
    table = given.table

    client = await Client.connect(given.address)
    experiment_id = f"python-loop-{secrets.token_hex(4)}"
    experiment = await client.start_workflow(
        "Experiment",
        {
            "goal": f"Note on every row of {table} that it was looked at",
            "parent": given.parent,
            "requestedBy": "python-agent",
            "ttl": "30m",
            "session": {"idle": "5m"},
        },
        id=f"experiment-{experiment_id}",
        task_queue="offshoot",
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    print(f"opened {experiment_id}")
    status = await wait_for_stage(experiment, "IN_SESSION")
    if status["stage"] == "CLOSED":
        print(f"{status['outcome']['outcome']}: {status['outcome']['why']}")
        return EXIT_DROPPED
    session = Session(client.get_workflow_handle(f"session-{experiment_id}"))

    # Look.
    await session.run(f"SELECT * FROM {table} ORDER BY 1")
    # Try, and read what went wrong.
    guessed = await session.run(f"UPDATE {table} SET looked_at = true")
    if not guessed["applied"] and guessed["failure"].get("sqlState") == "42703":
        await session.run(f"ALTER TABLE {table} ADD COLUMN looked_at boolean")
    await session.send("savepoint", {"name": "column-is-there"})
    # Try something that turns out to be too much, and undo it.
    await session.run(f"UPDATE {table} SET looked_at = true; SELECT count(*) FROM {table}")
    undone = await session.send("undo", {"name": "column-is-there"})
    print(f"undone: runs {undone['undoneRuns']}")
    await session.run(f"UPDATE {table} SET looked_at = true WHERE ctid IN (SELECT ctid FROM {table} LIMIT 3)")
    # Look again: what would be handed in now.
    changes = await session.send("diff", {})
    for changed in changes["tables"]:
        print(f"{changed['table']['name']}: +{changed['inserted']} ~{changed['updated']} -{changed['deleted']}")

    if given.discard:
        await session.send("discard", {"reason": "only tried"})
        status = await wait_for_stage(experiment)
        print(f"{status['outcome']['outcome']}: {status['outcome']['why']}")
        return EXIT_DROPPED

    handed_in = await session.send("submit", {"reason": "three rows noted"})
    print(f"handed in: {handed_in['statements']} statements")
    await wait_for_stage(experiment, "AWAITING_DECISION")
    print(f"approve it with: ./offshoot experiment approve {experiment_id} -m WHY")
    return EXIT_PENDING


if __name__ == "__main__":
    code = asyncio.run(main())
    # Not sys.exit; see start_experiment.py.
    sys.stdout.flush()
    os._exit(code)
