"""The page's controls: each tells the session what the visitor wants."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from pyodide.ffi import JsProxy, create_proxy
from pyscript import document, window

from autoencoder.kinds import (
    Choice,
    Layer,
    Maybe,
    Noise,
    Number,
    OneOf,
    Pair,
    Switch,
    Typed,
    Whole,
)
from autoencoder.listening import Listening
from autoencoder.page import Said, element
from autoencoder.session import Session
from autoencoder.settings import SETTINGS, Setting
from convnet import ConvNetError
from convnet.chance import new_seed
from convnet.corruption import KINDS, Corruption


class Controls:
    """Connects the page's controls with a session.

    Args:
        session: the run that they control.
        listening: what they have in common.
        said: says what they have done.
    """

    def __init__(self, session: Session, listening: Listening, said: Said) -> None:
        self._session = session
        self._listening = listening
        self._said = said
        connect = {
            Choice: self._connect_list,
            Layer: self._connect_layers,
            Maybe: self._connect_field,
            Noise: self._connect_noise,
            Number: self._connect_number,
            OneOf: self._connect_list,
            Pair: self._connect_cycle,
            Switch: self._connect_switch,
            Typed: self._connect_text,
            Whole: self._connect_seed,
        }
        for setting in SETTINGS:
            connect[type(setting.kind)](setting)
        on = listening.on
        on("step", "click", lambda _: session.step_once())
        on("clear-graph", "click", lambda _: session.clear_curve())
        on("map-full-screen", "click", toggle_full_screen)
        calm = window.matchMedia("(prefers-reduced-motion: reduce)")
        session.example.is_calm = session.map_look.is_calm = calm.matches
        calm.addEventListener("change", create_proxy(self._note_calm))

    def _connect_noise(self, setting: Setting) -> None:
        """A slider for its strength, and a list of its kinds; each has the strength that it had."""
        strengths: dict[str, float] = {}

        def slide(_: JsProxy) -> None:
            kind = setting.get(self._session).kind
            amount = element(setting.element).value
            setting.set(self._session, setting.kind.read(f"{kind}:{amount}"))

        def choose(_: JsProxy) -> None:
            kind, before = element("corruption").value, setting.get(self._session)
            strengths[before.kind] = before.strength
            strength = strengths.get(kind, KINDS[kind].default)
            setting.set(self._session, Corruption(kind, strength))

        self._listening.on(setting.element, "input", slide)
        self._listening.on("corruption", "change", choose)

    def _connect_list(self, setting: Setting) -> None:
        self._listening.on(setting.element, "change", lambda _: self._take(setting))

    def _connect_number(self, setting: Setting) -> None:
        """A number counts when it is confirmed: by its button or the Enter key."""
        name, button = setting.element, f"change-{setting.element}"

        def confirm(_: JsProxy) -> None:
            self._take(setting)
            element(name).value = setting.kind.write(setting.get(self._session))

        self._listening.on(button, "click", confirm, field=name)
        self._listening.on(name, "keydown", confirm, key="Enter")

    def _connect_field(self, setting: Setting) -> None:
        """A field without a button counts when the visitor leaves it, or presses the Enter key."""
        name = setting.element

        def confirm(_: JsProxy) -> None:
            self._take(setting)
            element(name).value = setting.kind.write(setting.get(self._session))

        self._listening.on(name, "change", confirm)

    def _connect_switch(self, setting: Setting) -> None:
        def turn(_: JsProxy) -> None:
            setting.set(self._session, not setting.get(self._session))

        self._listening.on(setting.element, "click", turn)

    def _connect_layers(self, setting: Setting) -> None:
        def choose(click: JsProxy) -> None:
            part = click.target.closest("[data-layer]")
            if part:
                setting.set(self._session, setting.kind.read(part.dataset.layer))

        self._listening.on(setting.element, "click", choose)

    def _connect_cycle(self, setting: Setting) -> None:
        self._listening.on(setting.element, "click", lambda _: self._session.digit_map.next_pair())

    def _connect_seed(self, setting: Setting) -> None:
        """A seed makes a network: what is in its field, or one that the dice give."""
        name = setting.element

        def make_typed() -> Coroutine[Any, Any, None]:
            return self._start_anew(setting, element(name).value)

        def make_by_chance() -> Coroutine[Any, Any, None]:
            return self._start_anew(setting, str(new_seed()))

        on_long, making = self._listening.on_long, "Making the network"
        on_long(f"change-{name}", "click", make_typed, making, field=name, replaces=True)
        on_long("dice", "click", make_by_chance, making, replaces=True)

    def _connect_text(self, setting: Setting) -> None:
        """A definition makes a network: what is in its field, or once more what there is."""

        def make_typed() -> Coroutine[Any, Any, None]:
            return self._start_anew(setting, element(setting.element).value)

        def make_again() -> Coroutine[Any, Any, None]:
            return self._start_anew(setting, setting.get(self._session))

        on_long, making = self._listening.on_long, "Making the network"
        on_long("reload", "click", make_typed, making, field=setting.element, replaces=True)
        on_long("restart", "click", make_again, making, replaces=True)

    def _take(self, setting: Setting) -> None:
        """Sets what stands in a control."""
        setting.set(self._session, setting.kind.read(element(setting.element).value))

    def _note_calm(self, event: JsProxy) -> None:
        self._session.example.is_calm = self._session.map_look.is_calm = event.matches

    async def _start_anew(self, setting: Setting, text: str) -> None:
        self._said.say("reload-status")
        await self._listening.work.do(setting.set(self._session, setting.kind.read(text)))
        count = self._session.run.net.num_parameters
        self._said.say("reload-status", f"Started anew with {count:,} parameters.")


def toggle_full_screen(_: JsProxy) -> None:
    """Lets the map fill the screen, or leave it again."""
    if not getattr(document, "fullscreenEnabled", False):  # some phones know nothing of it
        raise ConvNetError("This browser does not show the map on the full screen.")
    if document.fullscreenElement:
        document.exitFullscreen()
    else:
        element("map").requestFullscreen()
