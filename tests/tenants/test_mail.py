"""The outbox against a real SMTP server: up, down, up again, and two workers at once."""

import importlib
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.utils import timezone

from tenants import scope, urls
from tenants.models import LocalMail, OutboxMail
from tenants.services import mail
from tenants.services.mail import MAX_ATTEMPTS, queue_mail, retry_mail, send_due_mails
from tests.concurrency import at_once
from tests.factories import World, logged_in


class Recorder:
    """What the server received: (recipient, identifier, subject and text)."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, str]] = []
        self.answer: Callable[[], str] = lambda: "250 OK"
        self.drops = False
        self.lock = threading.Lock()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        text = envelope.content.decode("utf-8")
        identifier = next(line for line in text.splitlines() if line.startswith("Message-ID"))
        with self.lock:
            self.received.append((envelope.rcpt_tos[0], identifier, text))
        if self.drops:
            server.transport.abort()
        return self.answer()


@pytest.fixture
def smtp(settings):
    """A server that can be stopped and started on one port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.LOCAL_MAILBOX = "127.0.0.1", port, False
    recorder = Recorder()
    server = Server(recorder, port)
    yield server
    server.stop()


class Server:
    def __init__(self, recorder: Recorder, port: int) -> None:
        self.recorder, self.port = recorder, port
        self.controller: Controller | None = None

    @property
    def received(self) -> list[tuple[str, str, str]]:
        return self.recorder.received

    def start(self) -> "Server":
        self.controller = Controller(self.recorder, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def committed(transactional_db: None) -> World:
    return World.build()


def write(world: World, to: str = "zoe@exemple.test", **kwargs: Any) -> None:
    with scope.tenant(world.ours.tenant.pk):
        queue_mail(to=to, subject="Invitation à « rejoindre »", body="Voici le lien : /secret/", **kwargs)


def rows() -> list[OutboxMail]:
    with scope.worker():
        return list(OutboxMail.objects.order_by("pk"))


def make_due() -> None:
    with scope.worker():
        OutboxMail.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_mail_leaves_once_and_its_text_is_wiped(committed, smtp):
    smtp.start()
    write(committed)
    assert send_due_mails() == 1
    assert send_due_mails() == 0
    ((to, _, text),) = smtp.received
    assert to == "zoe@exemple.test"
    assert "secret" in text
    (row,) = rows()
    assert (row.state, row.body, row.error, row.tenant_id) == ("sent", "", "", committed.ours.tenant.pk)
    assert row.sent_at is not None


def test_server_down_then_up_sends_once(committed, smtp):
    write(committed)
    assert send_due_mails() == 0
    (row,) = rows()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.error.startswith("ConnectionRefusedError")
    assert row.next_attempt_at > timezone.now() + timedelta(seconds=30)
    smtp.start()
    assert send_due_mails() == 0, "not before its time"
    make_due()
    assert send_due_mails() == 1
    assert len(smtp.received) == 1


def test_answer_that_was_lost_sends_the_same_identifier_again(committed, smtp):
    """The server took the mail and said so too late: it can tell that the second is the same."""
    smtp.start()

    def lose() -> str:
        smtp.recorder.answer = lambda: "250 OK"
        return "451 try again"

    smtp.recorder.answer = lose
    write(committed)
    send_due_mails()
    make_due()
    assert send_due_mails() == 1
    assert len({identifier for _, identifier, _ in smtp.received}) == 1
    assert len(smtp.received) == 2


def test_mail_that_never_leaves_fails_after_its_attempts_and_can_be_sent_again(committed, smtp):
    write(committed)
    for _ in range(MAX_ATTEMPTS):
        make_due()
        send_due_mails()
    (row,) = rows()
    assert (row.state, row.attempts) == ("failed", MAX_ATTEMPTS)
    make_due()
    assert send_due_mails() == 0
    assert rows()[0].attempts == MAX_ATTEMPTS
    smtp.start()
    with scope.tenant(committed.ours.tenant.pk):
        assert retry_mail(mail_id=row.pk)
        assert not retry_mail(mail_id=row.pk)
    assert send_due_mails() == 1
    assert "secret" in smtp.received[0][2]


def test_address_that_no_server_takes_does_not_hold_the_others(committed, smtp):
    smtp.start()
    write(committed, to="bad\naddress@exemple.test")
    write(committed, to="good@exemple.test")
    assert send_due_mails() == 1
    assert [state.state for state in rows()] == ["waiting", "sent"]


def test_subject_on_two_lines_is_one_header(committed, smtp):
    smtp.start()
    with scope.none():
        queue_mail(to="a@exemple.test", subject="Bonjour\nBcc: b@exemple.test" + "x" * 300, body="x")
    assert send_due_mails() == 1
    assert len(rows()[0].subject) == 200
    assert len(smtp.received) == 1


def test_same_key_writes_one_mail(committed):
    write(committed, dedup_key="k")
    write(committed, dedup_key="k")
    write(committed)
    assert len(rows()) == 2


def test_mail_of_a_change_that_is_undone_does_not_leave(committed, smtp):
    smtp.start()
    with pytest.raises(ZeroDivisionError), scope.tenant(committed.ours.tenant.pk):
        queue_mail(to="a@exemple.test", subject="x", body="x")
        raise ZeroDivisionError
    assert send_due_mails() == 0


def test_several_workers_send_each_mail_once(committed, smtp):
    smtp.start()
    for number in range(12):
        write(committed, to=f"a{number}@exemple.test")
    assert sum(at_once(*[send_due_mails] * 4)) == 12
    assert sorted(to for to, _, _ in smtp.received) == sorted(f"a{number}@exemple.test" for number in range(12))


def test_control_workers_that_do_not_claim_send_twice(committed, smtp):
    """The race that the claim closes: both read what is due before either writes that it is sent."""
    smtp.start()
    write(committed)
    both_have_read = threading.Barrier(2)

    def careless() -> bool:
        (found,) = rows()
        both_have_read.wait(10)
        return mail._deliver(found)

    assert at_once(careless, careless) == [True, True]
    assert len(smtp.received) == 2


def test_worker_that_died_while_sending_leaves_a_doubt_that_a_person_lifts(committed, smtp):
    smtp.start()
    write(committed)
    with scope.worker():
        OutboxMail.objects.update(state="sending", next_attempt_at=timezone.now() + timedelta(minutes=5))
    assert send_due_mails() == 0
    assert rows()[0].state == "sending"
    make_due()
    assert send_due_mails() == 0
    (row,) = rows()
    assert (row.state, row.body) == ("uncertain", "Voici le lien : /secret/")
    assert "peut-être arrivé" in row.error
    assert send_due_mails() == 0
    with scope.tenant(committed.ours.tenant.pk):
        assert retry_mail(mail_id=row.pk)
    assert send_due_mails() == 1
    assert len(smtp.received) == 1


def test_line_that_falls_before_the_answer_leaves_a_doubt(committed, smtp):
    smtp.start()
    smtp.recorder.drops = True
    write(committed)
    assert send_due_mails() == 0
    (row,) = rows()
    assert (row.state, len(smtp.received)) == ("uncertain", 1)
    make_due()
    assert send_due_mails() == 0
    assert len(smtp.received) == 1


def test_worker_that_was_too_slow_still_tells_that_it_sent(committed, smtp):
    """Its lease ran out while the server took its time: what it knows is worth more than the doubt."""
    smtp.start()
    write(committed)
    (row,) = rows()
    claimed = mail._claim(row.pk)
    with scope.worker():
        OutboxMail.objects.update(state="uncertain")
    assert mail._deliver(claimed)
    assert rows()[0].state == "sent"


def test_slow_worker_does_not_undo_the_decision_to_send_again(committed, smtp):
    smtp.start()
    write(committed)
    (row,) = rows()
    claimed = mail._claim(row.pk)
    with scope.worker():
        OutboxMail.objects.update(state="uncertain")
    with scope.tenant(committed.ours.tenant.pk):
        assert retry_mail(mail_id=row.pk)
    assert not mail._deliver(claimed)
    assert rows()[0].state == "waiting"


def test_every_scope_that_decides_may_write_a_mail(committed):
    entered = [
        scope.none(),
        scope.user(committed.alice.pk),
        scope.buyer(committed.account.pk),
        scope.operator(),
        scope.tenant(committed.ours.tenant.pk),
    ]
    for one in entered:
        with one:
            queue_mail(to="a@exemple.test", subject="x", body="x")
    assert [row.tenant_id for row in rows()] == [None] * 4 + [committed.ours.tenant.pk]


# Pages


def test_local_mailbox_keeps_mails_on_this_machine(committed, settings):
    settings.LOCAL_MAILBOX = True
    assert "Aucun message" in Client().get("/courriels/").content.decode()
    write(committed)
    assert send_due_mails() == 1
    page = Client().get("/courriels/").content.decode()
    assert "zoe@exemple.test" in page
    assert "/secret/" in page
    with scope.none():
        assert LocalMail.objects.count() == 1


def test_list_shows_states_and_never_the_text(committed, smtp):
    alice, bob = logged_in(committed.alice), logged_in(committed.bob)
    assert "Aucun courriel" in alice.get("/structure/courriels/").content.decode()
    write(committed)
    for _ in range(MAX_ATTEMPTS):
        make_due()
        send_due_mails()
    page = alice.get("/structure/courriels/").content.decode()
    assert "ConnectionRefusedError" in page
    assert "secret" not in page
    assert bob.get("/structure/courriels/").status_code == 403
    assert "zoe@" not in logged_in(committed.charlie).get("/structure/courriels/").content.decode()
    path = f"/structure/courriels/{rows()[0].pk}/renvoyer/"
    assert "repart" in alice.post(path, follow=True).content.decode()
    assert "plus en échec" in alice.post(path, follow=True).content.decode()
    assert rows()[0].state == "waiting"


@pytest.mark.parametrize(
    ("asked_from", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "127.8.0.3"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "192.168.1.20"}, 404),
        ({"REMOTE_ADDR": "::ffff:192.168.1.20"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"HTTP_FORWARDED": "for=127.0.0.1"}, 404),
        ({"HTTP_X_REAL_IP": "127.0.0.1"}, 404),
    ],
)
def test_local_mailbox_answers_this_machine_alone(db, asked_from, status):
    assert Client().get("/courriels/", **asked_from).status_code == status


def test_local_mailbox_is_closed_where_mails_leave(db, settings):
    settings.LOCAL_MAILBOX = False
    assert Client().get("/courriels/").status_code == 404


def test_local_mailbox_has_no_route_where_mails_leave(settings):
    settings.LOCAL_MAILBOX = False
    try:
        assert "local_mailbox" not in {pattern.name for pattern in importlib.reload(urls).urlpatterns}
    finally:
        settings.LOCAL_MAILBOX = True
        assert "local_mailbox" in {pattern.name for pattern in importlib.reload(urls).urlpatterns}
