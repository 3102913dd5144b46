"""Measures the vendor's Python SDK as child.mjs measures the others.

Reads a job (JSON: url, count, warm, inFlight, pool of tasks in snake_case) from stdin and writes what
was measured to stdout, in microseconds.
"""

import asyncio
import json
import sys
import time

from infinium import AsyncInfiniumClient, TaskData
from infinium.types import ExecutionStep, LlmCall, LlmUsage, ToolCall

BATCH = 100


def to_task(fields):
    steps = fields.pop("steps", None)
    usage = fields.pop("llm_usage", None)
    return TaskData(
        **fields,
        steps=steps and [to_step(step) for step in steps],
        llm_usage=usage and LlmUsage(**usage),
    )


def to_step(fields):
    tool, llm = fields.pop("tool_call", None), fields.pop("llm_call", None)
    return ExecutionStep(
        **fields, tool_call=tool and ToolCall(**tool), llm_call=llm and LlmCall(**llm)
    )


async def send(client, pool, count, in_flight):
    delivered = 0
    for first in range(0, count, BATCH):
        tasks = [pool[index % len(pool)] for index in range(first, min(count, first + BATCH))]
        result = await client.send_tasks_batch(tasks, max_concurrent=in_flight)
        delivered += result.successful
    return delivered


async def main(job):
    pool = [to_task(task) for task in job["pool"]]
    client = AsyncInfiniumClient(
        agent_id="7c3f0f4e-2d1b-4b52-9a56-0e8f4f1f5f10",
        agent_secret="bench-secret-0123456789",
        base_url=job["url"],
        enable_rate_limiting=False,
    )
    async with client:
        warm = await send(client, pool, job["warm"], job["inFlight"])
        main_thread, total, wall = time.thread_time(), time.process_time(), time.perf_counter()
        delivered = await send(client, pool, job["count"], job["inFlight"])
        figures = {
            "main": (time.thread_time() - main_thread) * 1e6,
            "total": (time.process_time() - total) * 1e6,
            "wall": (time.perf_counter() - wall) * 1e6,
        }
    print(json.dumps({"sent": job["warm"] + job["count"], "delivered": warm + delivered, **figures}))


asyncio.run(main(json.load(sys.stdin)))
