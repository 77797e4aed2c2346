"""The vault: what is sealed opens again, and nothing else does."""

import pytest

from innboks.lib.crypto import CannotOpen, Vault


def test_what_is_sealed_opens_again(vault: Vault) -> None:
    sealed = vault.seal(b"password", b"channel account 7")
    assert b"password" not in sealed
    assert vault.open(sealed, b"channel account 7") == b"password"
    assert vault.seal(b"password") != vault.seal(b"password")
    assert vault.open(vault.seal(b"")) == b""


def test_it_opens_nowhere_else_and_not_when_changed(vault: Vault) -> None:
    sealed = vault.seal(b"password", b"channel account 7")
    with pytest.raises(CannotOpen):
        vault.open(sealed, b"channel account 8")
    for at in range(len(sealed)):
        with pytest.raises(CannotOpen):
            vault.open(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], b"channel account 7")
        with pytest.raises(CannotOpen):
            vault.open(sealed[:at], b"channel account 7")


def test_another_secret_says_so_and_a_retired_one_still_opens(vault: Vault) -> None:
    sealed = vault.seal(b"password")
    newer = Vault("the next secret of this installation")
    with pytest.raises(CannotOpen, match="INNBOKS_SECRET"):
        newer.open(sealed)
    both = Vault("the next secret of this installation", retired=["a secret for tests only, of no value"])
    assert both.open(sealed) == b"password"
    assert not both.is_current(sealed)
    assert both.is_current(both.seal(b"password"))


def test_derived_keys_are_stable_and_apart(vault: Vault) -> None:
    assert vault.derive("reply tokens") == vault.derive("reply tokens")
    assert len({vault.derive("reply tokens"), vault.derive("webhooks"), Vault("another secret, also long").derive("webhooks")}) == 3
    assert len(vault.derive("webhooks")) == 32
