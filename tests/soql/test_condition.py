"""What WHERE means: every operator against every kind of value, as the plan's condition and its parameters."""


def test_conditions(compiler, moment, read_cases, show):
    cases = read_cases("conditions.jsonl")
    assert len(cases) > 55
    for case in cases:
        text = f"SELECT Id FROM {case.get('sobject', 'Account')} WHERE {case['where']}"
        bound = compiler.compile(text, 62)
        assert show(bound.plan.where) == case["condition"], text
        parameters = bound.parameters(moment)
        assert list(parameters) == case["parameters"], text
        assert list(map(type, parameters)) == list(map(type, case["parameters"])), text
        assert bound.plan.parameter_count == len(parameters)


def test_the_same_conditions_hold_for_a_count(compiler, moment, read_cases, show):
    for case in read_cases("conditions.jsonl"):
        bound = compiler.compile(f"SELECT COUNT() FROM {case.get('sobject', 'Account')} WHERE {case['where']}", 62)
        assert show(bound.plan.where) == case["condition"]
        assert list(bound.parameters(moment)) == case["parameters"]
