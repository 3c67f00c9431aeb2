"""The field in the frame, its results, a case opened by hand, and the page of a customer."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.services import entities, history, reviewing, searching
from fraudkit.ui import state
from tests.pages.conftest import Open
from tests.pages.test_screens import shown


def links(at: AppTest) -> list[tuple[str, str]]:
    return [(link.proto.label, link.proto.query_string) for link in at.get("page_link")]


def searched(open_screen: Open, text: str) -> AppTest:
    at = open_screen("queue")
    at.text_input(key="find").set_value(text).run()
    return at


def quiet_transaction() -> str:
    """Return a transaction that no alert was raised for."""
    with state.workbench().database.read() as cursor:
        return str(
            cursor.value("SELECT transaction_id FROM transactions ANTI JOIN alert USING (position) LIMIT 1")
        )


def test_a_search_from_any_screen_leads_to_the_results(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    customer = reviewing.case_view(state.workbench(), 8).state.entity_id
    at = searched(open_screen, customer)
    assert any(query == f"customer={customer}&lang=en" for _, query in links(at)), links(at)
    assert any(query.startswith("case=8") for _, query in links(at))
    assert customer not in str(dict(at.query_params))
    assert at.text_input(key="find").value == ""


def test_a_card_number_is_not_shown_again(ranked: Settings, open_screen: Open) -> None:
    text = shown(searched(open_screen, "4111 1111 1111 1111"))
    assert "4111" not in text
    assert "Nothing fits" in text


def test_a_case_is_opened_by_hand_with_one_button(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    identifier = quiet_transaction()
    at = searched(open_screen, identifier).switch_page("pages/search.py").run()
    at.button(key=f"open-{identifier}").click().run()
    case_id = searching.find(state.workbench(), identifier).transactions.rows[0]["case_id"]
    events = reviewing.case_view(state.workbench(), case_id).events
    assert "analyst" in {event.actor.name for event in events}
    assert f"Case {case_id}" in shown(at)


def test_the_results_without_a_search_say_what_can_be_found(ranked: Settings, open_screen: Open) -> None:
    assert "the last four digits of a card" in shown(open_screen("search"))


def test_the_customer_page_shows_operations_cases_and_verdicts(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    view = reviewing.case_view(state.workbench(), 8)
    at = open_screen("customer", customer=view.state.entity_id)
    found = entities.entity(state.workbench(), "customer", view.state.entity_id)
    assert len(at.dataframe[0].value) == min(found.operations, entities.PAGE_SIZE)
    assert ("Case 8", "case=8&lang=en") in links(at)
    assert f"Customer {view.state.entity_id}" in shown(at)


def test_every_kind_of_entity_has_its_page(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    row = history.transaction(
        state.workbench(), reviewing.case_view(state.workbench(), 8).alerts[0].transaction_id
    )
    for kind, column in (("account", "account_id"), ("device", "device_id"), ("merchant", "merchant_name")):
        if row[column]:
            at = open_screen("customer", **{kind: row[column]})
            assert not at.error
            assert row[column] in shown(at)


def test_an_unknown_customer_is_one_sentence_and_a_hint(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("customer", customer="<b>x</b>")
    assert at.error[0].proto.title == "No operation names “\\<b\\>x\\</b\\>”."


def test_the_case_page_links_to_its_customer(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case="8")
    assert any(query.startswith("customer=") for _, query in links(at))


def test_an_administrator_erases_a_customer_after_a_typed_yes(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    workbench = state.workbench()
    with workbench.database.read() as cursor:
        customer = cursor.value(
            "SELECT customer_id FROM transactions ANTI JOIN case_state ON entity_id = customer_id LIMIT 1"
        )
    count = entities.entity(workbench, "customer", customer).operations
    at = open_screen("customer", customer=customer)
    assert "erase-now" not in [button.key for button in at.button]
    at.session_state["_actor_role"] = "administrator"
    at.run()
    at.text_input(key="erase-reason").set_value("Request 7")
    at.text_input(key="erase-confirmation").set_value("no")
    at.button(key="erase-now").click().run()
    assert entities.entity(workbench, "customer", customer).operations == count
    at.text_input(key="erase-reason").set_value("Request 7")
    at.text_input(key="erase-confirmation").set_value(customer)
    at.button(key="erase-now").click().run()
    assert searching.find(workbench, customer).entities == {}
    with workbench.database.read() as cursor:
        assert cursor.value("SELECT transactions FROM erasure_event") == count
