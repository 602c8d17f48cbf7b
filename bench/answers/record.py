"""A plugin of pytest that writes down what Math-Verify's own tests compare, and what they expect (Apache-2.0 package,
https://github.com/huggingface/Math-Verify; its tests are read where the user has them and are no part of this project).

Run in a checkout of it: python -m pytest -p record --record=cases.json tests
"""

import json
import time

import math_verify
import pytest

cases, read = [], {}
parse, verify = math_verify.parse, math_verify.verify


def parsed(raw, *args, **options):
    result = parse(raw, *args, **options)
    # Kept, so that no other result is given its id.
    read[id(result)] = (result, [part for part in result if isinstance(part, str)])
    return result


def verified(gold, claim, *args, **options):
    began = time.process_time()
    verdict = verify(gold, claim, *args, **options)
    if id(gold) in read and id(claim) in read:
        texts = [read[id(one)][1][-1:] for one in (gold, claim)]
        took = time.process_time() - began
        cases.append({"gold": texts[0], "claim": texts[1], "verdict": bool(verdict), "seconds": took})
    return verdict


math_verify.parse, math_verify.verify = parsed, verified


def pytest_addoption(parser):
    parser.addoption("--record", default="cases.json")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    first = len(cases)
    outcome = yield
    for case in cases[first:]:
        # What a failing test compares is not what it expects.
        case["expected"] = case["verdict"] if outcome.excinfo is None else not case["verdict"]
        case["test"] = item.nodeid.split("::")[-1].split("[")[0]


def pytest_sessionfinish(session):
    with open(session.config.getoption("--record"), "w") as file:
        json.dump(cases, file)
