"""Starts an Offshoot experiment from Python with Temporal's own SDK: everything is plain JSON.

    ./offshoot up                                    # in another terminal
    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python start_experiment.py

Waits until a person is asked and exits with 5, telling how to approve; with --approve-as it
approves itself, under another name than the requester's, and exits with 0 once merged.
The contract is docs/json-contract.md.
"""

import argparse
import asyncio
import os
import secrets
import sys

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy

EXIT_MERGED, EXIT_DROPPED, EXIT_PENDING = 0, 3, 5


async def wait_for_decision(experiment: WorkflowHandle) -> dict:
    """Polls the status query until a person is asked or the experiment has ended."""
    while True:
        status = await experiment.query("status")
        if status["stage"] in ("AWAITING_DECISION", "CLOSED"):
            return status
        await asyncio.sleep(0.2)


def print_diff(changes: dict) -> None:
    print(f"change set {changes['digest']}")
    for change in changes["schemaChanges"]:
        print(f"  {change['kind'].lower()} {change['objectType']} {change['identity']}")
    for table in changes["tables"]:
        name = f"{table['table']['schema']}.{table['table']['name']}"
        print(f"  {name}: +{table['inserted']} ~{table['updated']} -{table['deleted']}")


async def main() -> int:
    arguments = argparse.ArgumentParser(description="Start an Offshoot experiment.")
    arguments.add_argument("--address", default="127.0.0.1:7233")
    arguments.add_argument("--parent", default="shop")
    arguments.add_argument(
        "--sql",
        default="UPDATE customers SET email = lower(email) WHERE email <> lower(email)",
    )
    arguments.add_argument("--approve-as", metavar="NAME")
    given = arguments.parse_args()

    client = await Client.connect(given.address)
    experiment_id = f"python-{secrets.token_hex(4)}"
    experiment = await client.start_workflow(
        "Experiment",
        {
            "goal": "Lower-case all e-mail addresses",
            "parent": given.parent,
            "script": given.sql,
            "requestedBy": "python-agent",
            "ttl": "30m",
        },
        id=f"experiment-{experiment_id}",
        task_queue="offshoot",
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    print(f"started {experiment_id}")

    status = await wait_for_decision(experiment)
    if "changes" in status:
        print_diff(status["changes"])
    if status["stage"] == "CLOSED":
        outcome = status["outcome"]
        print(f"{outcome['outcome']} by {outcome['by']}: {outcome['why']}")
        return EXIT_MERGED if outcome["outcome"] == "MERGED" else EXIT_DROPPED

    if given.approve_as is None:
        print(f"approve it with: ./offshoot experiment approve {experiment_id} -m WHY")
        return EXIT_PENDING

    await experiment.execute_update(
        "decide",
        {
            "decision": "APPROVE",
            "request": {
                "by": given.approve_as,
                "reason": "looked at it from Python",
                "digest": status["changes"]["digest"],
                "acceptHazards": [
                    hazard["hazard"]
                    for hazard in status["judgement"]["hazards"]
                    if hazard["severity"] == "NEEDS_NAME"
                ],
            },
        },
    )
    outcome = await experiment.result()
    print(f"{outcome['outcome']} by {outcome['by']}: {outcome['why']}")
    return EXIT_MERGED if outcome["outcome"] == "MERGED" else EXIT_DROPPED


if __name__ == "__main__":
    code = asyncio.run(main())
    # Not sys.exit: threads of the SDK may crash a short-lived client while the interpreter is
    # taken down, which would replace our exit code (temporalio/sdk-python issue 300).
    sys.stdout.flush()
    os._exit(code)
