"""A fault that an admin can mend is told to the admins by mail; on both engines."""

import pytest

from mailbridge.desk.faults import tell_template_faults
from mailbridge.errors import StoreError
from tests.desks import mail


def break_template(desk, text: str = "Hello {{ nobody_knows_this }}") -> None:
    path = desk.folder / "templates/en/acknowledgement/open.txt.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"+++\nsubject = 'Re: x'\n+++\n{text}\n", "utf-8")


def tell(desk) -> int:
    told = tell_template_faults(desk.app.database, desk.app.rules, desk.now)
    desk.work()
    return told


def test_admin_hears_of_a_broken_template_and_the_customer_notices_nothing(desk):
    break_template(desk)
    desk.receive(mail())
    assert "nobody_knows_this" not in desk.sent_to("emma@example.com")[0].get_content()
    assert tell(desk) == 1
    told = desk.sent_to("clara@example.org")[-1]
    assert told["Subject"].startswith("Something needs your attention")
    assert "open.txt.j2:4: " in told.get_content()
    assert "nobody_knows_this" in told.get_content()
    assert told["Auto-Submitted"] == "auto-generated"


def test_a_fault_is_told_once_a_day_however_many_daemons_and_restarts_there_are(desk):
    break_template(desk)
    desk.receive(mail())
    again = desk.another()
    again.receive(mail(sender="Ona <ona@example.com>", subject="Other"))
    assert (tell(desk), tell(again), tell(desk)) == (1, 0, 0)
    again.later(days=1)
    restarted = again.another()
    restarted.receive(mail(sender="Rita <rita@example.com>", subject="Third"))
    assert tell(restarted) == 1


def test_a_fault_is_told_once_the_database_is_back(desk, monkeypatch):
    break_template(desk)
    desk.receive(mail())

    def away(_work):
        raise StoreError("the database is away")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(desk.app.database, "write", away)
        with pytest.raises(StoreError):
            tell_template_faults(desk.app.database, desk.app.rules, desk.now)
    assert tell(desk) == 1


def test_another_fault_is_told_on_its_own(desk):
    break_template(desk)
    desk.receive(mail())
    assert tell(desk) == 1
    break_template(desk, "{% if %}")
    restarted = desk.another()
    restarted.receive(mail(sender="Ona <ona@example.com>", subject="Other"))
    assert tell(restarted) == 1


def test_sound_templates_are_not_talked_about(desk):
    desk.receive(mail())
    assert tell(desk) == 0
    assert desk.sent_to("clara@example.org") == []
