"""One question to a model: what is sent, what comes of refusals, and that it always ends."""

import json
import logging
import threading
import time

import langsmith.utils
import pytest
from langchain_core.tracers.langchain import wait_for_all_tracers
from pydantic import SecretStr
from tests.model_server import (
    COMPLETIONS,
    KEY,
    NAME,
    Reply,
    completion,
    counted,
    json_reply,
    problem,
    refuses_formats,
)

from spotify_insights import llm
from spotify_insights.errors import Conflict, Forbidden, InsightsError, NotFound, Unavailable
from spotify_insights.llm import Message, Mode, asking, line
from spotify_insights.settings import get_settings

SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}
QUESTION = [Message("system", "Answer in JSON."), Message("user", "The secret of the question.")]


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    """No process has asked before, and nothing has to be waited for between two tries."""
    monkeypatch.setattr(asking, "BACKOFF_SECONDS", 0)
    asking._modes.clear()


@pytest.fixture
def environment(monkeypatch):
    for name in ("OPENAI_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "")
    get_settings.cache_clear()
    yield monkeypatch
    get_settings.cache_clear()


def ask(model, **options):
    return llm.ask(model, QUESTION, SCHEMA, **options)


def failure(model, **options):
    with pytest.raises(InsightsError) as raised:
        ask(model, **options)
    return raised.value


def test_without_a_word_in_the_settings_there_is_no_model(environment):
    assert llm.configured() is None


@pytest.mark.parametrize(
    ("name", "value", "host"),
    [
        ("OPENAI_API_KEY", KEY, "api.openai.com"),
        ("OPENAI_MODEL", "gpt-5.5", "api.openai.com"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1", "127.0.0.1"),
    ],
)
def test_a_model_a_server_or_a_key_is_enough(environment, name, value, host):
    environment.setenv(name, value)

    model = llm.configured()

    assert model.host == host
    assert model.name == ("gpt-5.5" if name == "OPENAI_MODEL" else llm.DEFAULT_MODEL)
    assert model.is_on_this_machine == (host == "127.0.0.1")
    assert model.timeout_s == 30


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://localhost:8080/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://192.168.0.7:8080/v1", False),
        ("https://localhost.example.org/v1", False),
    ],
)
def test_what_runs_on_this_machine_is_told_by_its_address(url, is_here):
    assert llm.Model(NAME, url, SecretStr(KEY)).is_on_this_machine is is_here


def test_an_answer_comes_with_its_tokens_and_the_name_of_the_model(model_server):
    usage = {"prompt_tokens": 800, "completion_tokens": 200, "total_tokens": 1000}
    model_server.answers(completion('{"word": "yes"}', usage=usage, name="a-model-2026-07-09"))

    answer = ask(model_server.model())

    assert answer.text == '{"word": "yes"}'
    assert (answer.input_tokens, answer.output_tokens) == (800, 200)
    assert answer.model == "a-model-2026-07-09"
    assert answer.mode is Mode.SCHEMA
    assert answer.seconds > 0


def test_what_is_sent_is_the_question_its_shape_and_the_key_and_nothing_else(model_server):
    model_server.answers(completion("{}"))

    ask(model_server.model())

    (asked,) = model_server.asked
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {
        "model": NAME,
        "stream": False,
        "messages": [{"role": role, "content": content} for role, content in QUESTION],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "insight", "schema": SCHEMA, "strict": True},
        },
    }


def test_the_temperature_is_sent_when_it_is_set(model_server):
    model_server.answers(completion("{}"))

    ask(model_server.model(temperature=0.2))

    assert model_server.asked[0].body["temperature"] == 0.2


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": None}, {"prompt_tokens": 0}])
def test_tokens_that_are_not_counted_are_unknown_and_never_0(model_server, usage):
    model_server.answers(completion("{}", usage=usage))

    answer = ask(model_server.model())

    assert (answer.input_tokens, answer.output_tokens) == (None, None)


@pytest.mark.parametrize(
    ("refused", "modes"),
    [
        (["json_schema"], ["json_schema", "json_object"]),
        (["json_schema", "json_object"], ["json_schema", "json_object", "text"]),
    ],
)
def test_a_server_that_knows_no_schema_is_asked_in_a_laxer_way_from_then_on(
    model_server, refused, modes
):
    model_server.answers(refuses_formats(*refused, then=completion("{}")))

    answers = [ask(model_server.model()), ask(model_server.model())]

    assert [asked.mode for asked in model_server.asked] == [*modes, modes[-1]]
    assert [answer.mode for answer in answers] == [modes[-1]] * 2


def test_a_request_that_no_way_mends_is_not_remembered(model_server):
    model_server.answers(problem(400))
    assert failure(model_server.model()).code == "model_bad_answer"
    model_server.answers(completion("{}"))

    ask(model_server.model())

    assert [asked.mode for asked in model_server.asked] == [*Mode, "json_schema"]


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (problem(401, "invalid_api_key"), Forbidden, "model_key_refused"),
        (problem(403), Forbidden, "model_key_refused"),
        (problem(404, "model_not_found"), NotFound, "model_unknown"),
        (problem(400, "content_filter"), Forbidden, "model_refused"),
        (completion(None, refusal="I cannot help with that."), Forbidden, "model_refused"),
        (completion("", finish_reason="content_filter"), Forbidden, "model_refused"),
        (problem(400, "context_length_exceeded"), Unavailable, "model_too_long"),
        (problem(413), Unavailable, "model_too_long"),
        (completion('{"word": "y', finish_reason="length"), Unavailable, "model_too_long"),
        (problem(402), Unavailable, "model_used_up"),
        (problem(429, "insufficient_quota"), Unavailable, "model_used_up"),
        (problem(500), Unavailable, "model_unavailable"),
        (problem(503), Unavailable, "model_unavailable"),
        (problem(418), Unavailable, "model_bad_answer"),
        (Reply(302, b"", {"location": "http://127.0.0.1:1/"}), Unavailable, "model_bad_answer"),
    ],
)
def test_a_refusal_becomes_an_error_of_ours(model_server, reply, kind, code):
    model_server.answers(reply)

    error = failure(model_server.model())

    assert isinstance(error, kind)
    assert error.code == code


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b""),
        Reply(200, b"<html>Sign in</html>", {"content-type": "text/html"}),
        Reply(200, b'{"choices": [{"message": {"content": "cut o'),
        Reply(200, b"\xff\xfe\x00"),
        Reply(200, b"[" * 20_000),
        json_reply(200, None),
        json_reply(200, "yes"),
        json_reply(200, {"choices": None}),
        json_reply(200, {"choices": []}),
        json_reply(200, {"choices": [{"message": {"content": [{"type": "text"}]}}]}),
        json_reply(200, {"error": {"message": "overloaded"}}),
        completion(None),
        completion("  \n"),
        completion("y" * 100_000),
    ],
    ids=range(14),
)
def test_an_answer_that_is_none_is_a_bad_answer(model_server, reply):
    model_server.answers(reply)

    assert failure(model_server.model()).code == "model_bad_answer"


def test_an_endless_answer_is_not_read_to_its_end(model_server):
    endless = Reply(200, b"x" * 10 * line.LARGEST_ANSWER, {"content-length": str(10**12)})
    model_server.answers(endless)

    assert failure(model_server.model()).code == "model_bad_answer"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "74214"}, 74_214),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "1e9"}, 86_400),
        ({"retry-after": "soon"}, 30),
        ({"retry-after": "nan"}, 30),
        ({}, 30),
    ],
)
def test_a_busy_model_says_for_how_long_and_is_not_asked_again(model_server, headers, seconds):
    model_server.answers(problem(429, "rate_limit_exceeded", **headers))

    error = failure(model_server.model())

    assert (error.code, error.retry_after) == ("model_busy", seconds)
    assert len(model_server.asked) == 1


def test_a_failure_of_a_moment_is_tried_once_more(model_server):
    model_server.answers(problem(502), completion("{}"))

    assert ask(model_server.model()).text == "{}"

    assert len(model_server.asked) == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://no-such-host.invalid/v1"])
def test_a_server_that_is_not_there_is_an_error_of_ours(model_server, url):
    assert failure(model_server.model(base_url=url)).code == "model_unavailable"


def test_a_server_that_cannot_encrypt_is_an_error_of_ours(model_server):
    url = model_server.url.replace("http:", "https:")

    assert failure(model_server.model(base_url=url)).code == "model_unavailable"


def test_a_wrong_address_is_told_like_an_unknown_model(model_server):
    model_server.answers(completion("{}"))

    assert failure(model_server.model(base_url=f"{model_server.url}/v2")).code == "model_unknown"


@pytest.mark.parametrize(
    "reply",
    [completion("{}").after(30), completion("{}").dripping(0.2)],
    ids=["silent", "dripping"],
)
def test_a_slow_answer_ends_on_time_and_the_server_sees_us_hang_up(model_server, reply):
    model_server.answers(reply)
    started = time.monotonic()

    error = failure(model_server.model(timeout_s=0.4))

    assert error.code == "model_too_slow"
    assert time.monotonic() - started < 1.5
    assert model_server.hung_up.wait(2)


def test_a_cancelled_question_is_given_up_promptly(model_server):
    model_server.answers(completion("{}").after(30))
    started = time.monotonic()

    error = failure(
        model_server.model(timeout_s=60), cancelled=lambda: time.monotonic() - started > 0.2
    )

    assert isinstance(error, Conflict)
    assert error.code == "model_cancelled"
    assert time.monotonic() - started < 1.5
    assert model_server.hung_up.wait(2)
    assert no_thread_is_left()


def no_thread_is_left():
    for thread in threading.enumerate():
        if thread.name.startswith("model"):
            thread.join(2)
    return not any(thread.name.startswith("model") for thread in threading.enumerate())


@pytest.mark.parametrize("key", ["ключ", "sk-a\nb"])
def test_a_key_that_no_header_can_carry_is_a_wrong_key(model_server, key):
    error = failure(model_server.model(key=SecretStr(key)))

    assert error.code == "model_key_refused"
    assert model_server.asked == []


@pytest.mark.parametrize("reply", [counted("{}"), problem(401), problem(500), problem(400)])
def test_neither_key_nor_question_are_logged_or_told(model_server, reply, caplog):
    model_server.answers(reply)
    told = ""

    with caplog.at_level(logging.DEBUG):
        try:
            ask(model_server.model())
        except InsightsError as error:
            told = f"{error} {error.detail} {error.__cause__}"

    assert KEY not in caplog.text + told
    assert "secret of the question" not in caplog.text + told
    assert KEY not in repr(model_server.model())


def test_what_a_server_objects_to_is_logged_by_its_identifiers_alone(model_server, caplog):
    model_server.answers(problem(400, "unsupported_value"))

    failure(model_server.model())

    assert "answered 400: a_type, unsupported_value" in caplog.text
    assert "Incorrect API key" not in caplog.text


def test_nothing_is_traced_to_a_third_party(model_server, monkeypatch):
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "a-key")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", model_server.url)
    langsmith.utils.get_env_var.cache_clear()
    model_server.answers(completion("{}"))

    ask(model_server.model())

    wait_for_all_tracers()
    langsmith.utils.get_env_var.cache_clear()
    assert model_server.paths == [COMPLETIONS]


def test_the_surroundings_do_not_change_where_a_question_goes(model_server, monkeypatch):
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_ORG_ID", "an-organisation")
    model_server.answers(completion("{}"))

    ask(model_server.model())

    assert len(model_server.asked) == 1


def test_questions_at_once_do_not_disturb_each_other(model_server):
    model_server.answers(
        lambda body: completion(json.dumps({"word": body["messages"][1]["content"]})).after(0.1)
    )
    answers = {}

    def one(number):
        messages = [QUESTION[0], Message("user", str(number))]
        answers[number] = llm.ask(model_server.model(), messages, SCHEMA)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {n: json.loads(answer.text)["word"] for n, answer in answers.items()} == {
        number: str(number) for number in range(8)
    }
