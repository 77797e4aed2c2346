"""Settings: where they come from, and what is said about wrong ones."""

from pathlib import Path

import pytest

from innboks.config import _NAMES, Endpoint, InvalidSetting, MailRelay, ProviderClient, Settings, load_settings


def load(folder: Path, **given: str) -> Settings:
    return load_settings(given, folder)


def test_without_any_setting_it_runs_on_this_machine(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.http, settings.smtp) == (Endpoint("127.0.0.1", 8080), Endpoint("127.0.0.1", 2525))
    assert (settings.data, settings.url, settings.mail_domain) == (tmp_path / "data", "http://127.0.0.1:8080", "localhost")
    assert (settings.database_url, settings.mail_size, settings.log, settings.allow_private) == (None, 50 * 2**20, "text", False)


def test_the_secret_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    secret = load(tmp_path).secret
    assert len(secret) >= 32
    assert load(tmp_path).secret == secret
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600
    assert secret not in repr(load(tmp_path))
    assert load(tmp_path, INNBOKS_SECRET="given by the operator").secret == "given by the operator"
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret"]


EVERYTHING = {
    "INNBOKS_HTTP": "[::1]:9000",
    "INNBOKS_SMTP": ":25",
    "INNBOKS_DATA": "elsewhere",
    "INNBOKS_URL": "https://inbox.example.com/",
    "INNBOKS_SECRET": "given by the operator",
    "DATABASE_URL": "postgresql://u:p@db.example.com/innboks",
    "BACKPLANE_URL": "redis://cache.example.com",
    "FILES_URL": "s3://bucket/files",
    "INNBOKS_PG_BIN": ".",
    "INNBOKS_EXAMPLE_API_URL": "http://127.0.0.1:9/api/",
    "INNBOKS_EXAMPLE_CLIENT_ID": "client",
    "INNBOKS_EXAMPLE_CLIENT_SECRET": "for tests",
    "INNBOKS_EXAMPLE_TENANT": "example.com",
    "INNBOKS_ALLOW_PRIVATE": "yes",
    "INNBOKS_SMTP_CERT": "cert.pem",
    "INNBOKS_SMTP_KEY": "key.pem",
    "INNBOKS_SMTP_OUT": "smtp.example.com:587",
    "INNBOKS_SMTP_OUT_USER": "inbox",
    "INNBOKS_SMTP_OUT_PASSWORD": "for tests",
    "INNBOKS_SMTP_OUT_TLS": "starttls",
    "INNBOKS_MAIL_DOMAIN": "Bücher.example.",
    "INNBOKS_MAIL_SIZE": "30 MiB",
    "INNBOKS_MAIL_CHECKS": "off",
    "INNBOKS_LIMIT_PERSON": "50",
    "INNBOKS_LIMIT_ACCOUNT": "0",
    "INNBOKS_LIMIT_ADDRESS": "70",
    "INNBOKS_DNS": "[::1]:53",
    "INNBOKS_CHANNELS": ".",
    "INNBOKS_LOG": "JSON",
    "INNBOKS_SANDBOX": "yes",
    "INNBOKS_SANDBOX_HTTP": "127.0.0.1:9001",
    "INNBOKS_SANDBOX_SMTP": "127.0.0.1:9002",
}


@pytest.mark.parametrize("by", ["environment", "file", "file with the names of the environment"])
def test_everything_can_be_set(tmp_path: Path, by: str) -> None:
    for name in ("cert.pem", "key.pem", "postgres", "initdb"):
        (tmp_path / name).write_text("x")
    if by == "environment":
        settings = load(tmp_path, **EVERYTHING)
    else:
        short = by == "file"
        lines = [f'{name.removeprefix("INNBOKS_").lower() if short else name} = "{value}"' for name, value in EVERYTHING.items()]
        (tmp_path / "innboks.toml").write_text("\n".join(lines), encoding="utf-8")
        settings = load(tmp_path)
    assert (str(settings.http), settings.http.host, str(settings.smtp)) == ("[::1]:9000", "::1", "0.0.0.0:25")
    assert (settings.url, settings.mail_domain, settings.secret) == (
        "https://inbox.example.com",
        "xn--bcher-kva.example",
        "given by the operator",
    )
    assert (settings.database_url, settings.backplane_url, settings.files_url) == tuple(
        EVERYTHING[name] for name in ("DATABASE_URL", "BACKPLANE_URL", "FILES_URL")
    )
    assert settings.provider_urls == {"example_api": "http://127.0.0.1:9/api"}
    assert settings.provider_clients == {"example": ProviderClient(id="client", secret="for tests", tenant="example.com")}
    assert (settings.data, settings.pg_bin) == (tmp_path / "elsewhere", tmp_path)
    assert (settings.smtp_cert, settings.smtp_key) == (tmp_path / "cert.pem", tmp_path / "key.pem")
    assert settings.smtp_out == MailRelay(host="smtp.example.com", port=587, user="inbox", password="for tests", tls="starttls")
    assert (settings.allow_private, settings.mail_size, settings.log) == (True, 30 * 2**20, "json")
    assert (settings.limit_person, settings.limit_account, settings.limit_address) == (50, 0, 70)
    assert (settings.mail_checks, str(settings.dns), settings.channel_folders) == (False, "[::1]:53", (tmp_path,))
    assert (settings.sandbox, settings.sandbox_http.port, settings.sandbox_smtp.port) == (True, 9001, 9002)


def test_no_setting_is_left_out_above() -> None:
    assert {name for name in EVERYTHING if "_EXAMPLE_" not in name} == _NAMES


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "innboks.toml").write_text('http = "127.0.0.1:1000"\nsmtp = "127.0.0.1:1001"\nmail_size = 2048\nallow_private = true\n')
    settings = load(tmp_path, INNBOKS_SMTP="127.0.0.1:1002", INNBOKS_HTTP="")
    assert (settings.http.port, settings.smtp.port, settings.mail_size, settings.allow_private) == (8080, 1002, 2048, True)
    assert load(tmp_path).http.port == 1000


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("INNBOKS_HTTP", "8080", "Write host:port"),
        ("INNBOKS_HTTP", "localhost:99999", "Write host:port"),
        ("INNBOKS_HTTP", "http://localhost:80", "Write host:port"),
        ("INNBOKS_SMTP", "a b:25", "Write host:port"),
        ("INNBOKS_URL", "inbox.example.com", "https://inbox.example.com"),
        ("INNBOKS_URL", "https://inbox.example.com:port", "https://inbox.example.com"),
        ("INNBOKS_SECRET", "short", "at least 16"),
        ("DATABASE_URL", "mysql://db", "postgresql://user:password@host:5432/name"),
        ("BACKPLANE_URL", "cache.example.com", "redis://host:6379"),
        ("FILES_URL", "/srv/files", "s3://bucket/folder"),
        ("INNBOKS_PG_BIN", "nowhere", "postgres and initdb"),
        ("INNBOKS_EXAMPLE_URL", "api", "is not a web address"),
        ("INNBOKS_ALLOW_PRIVATE", "perhaps", "Write true or false"),
        ("INNBOKS_SMTP_CERT", "nowhere.pem", "path of a PEM file"),
        ("INNBOKS_MAIL_DOMAIN", "not a domain", "Write for example mail.example.com"),
        ("INNBOKS_MAIL_SIZE", "lots", "Write bytes"),
        ("INNBOKS_MAIL_SIZE", "1", "between 1 KiB and 2 GiB"),
        ("INNBOKS_MAIL_CHECKS", "some", "Write true or false"),
        ("INNBOKS_DNS", "dns.example.com:53", "Write address:port"),
        ("INNBOKS_DNS", "127.0.0.1", "Write address:port"),
        ("INNBOKS_LIMIT_PERSON", "-1", "or 0 for no limit"),
        ("INNBOKS_LIMIT_ACCOUNT", "many", "such as 500"),
        ("INNBOKS_LIMIT_ADDRESS", "9999999", "such as 500"),
        ("INNBOKS_LOG", "xml", "Write text or json"),
    ],
)
def test_a_wrong_value_is_answered_with_what_to_write(tmp_path: Path, name: str, value: str, advice: str) -> None:
    with pytest.raises(InvalidSetting) as told:
        load(tmp_path, **{name: value})
    assert str(told.value).startswith(f"{name}: ")
    assert advice in str(told.value)
    assert told.value.name == name


def test_mail_goes_out_through_one_server(tmp_path: Path) -> None:
    assert load(tmp_path).smtp_out is None
    assert load(tmp_path, INNBOKS_SMTP_OUT="[::1]:25").smtp_out == MailRelay(host="::1", port=25)
    given = {"INNBOKS_SMTP_OUT": "smtp.example.com:587", "INNBOKS_SMTP_OUT_USER": "inbox", "INNBOKS_SMTP_OUT_PASSWORD": "for tests"}
    relay = load(tmp_path, **given, INNBOKS_SMTP_OUT_TLS="STARTTLS").smtp_out
    assert relay == MailRelay(host="smtp.example.com", port=587, user="inbox", password="for tests", tls="starttls")
    assert "for tests" not in repr(relay)
    for wrong in (
        {"INNBOKS_SMTP_OUT": "smtp.example.com"},
        {**given, "INNBOKS_SMTP_OUT_PASSWORD": ""},
        {**given, "INNBOKS_SMTP_OUT_TLS": "ssl"},
    ):
        with pytest.raises(InvalidSetting, match=r"Write|both"):
            load(tmp_path, **wrong)


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("x")
    with pytest.raises(InvalidSetting, match="INNBOKS_SMTP_KEY: is missing"):
        load(tmp_path, INNBOKS_SMTP_CERT="cert.pem")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("http = ", "is not valid TOML"), ('htpp = "x:1"', "htpp in innboks.toml: is not a setting"), ("http = []", "must be")],
)
def test_a_wrong_file_is_answered_too(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "innboks.toml").write_text(text)
    with pytest.raises(InvalidSetting, match=sentence):
        load(tmp_path)


def test_a_data_folder_that_cannot_be_made_and_a_damaged_secret(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidSetting, match=r"INNBOKS_DATA: .* cannot be used"):
        load(tmp_path, INNBOKS_DATA="file/data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret").write_text("")
    with pytest.raises(InvalidSetting, match=r"INNBOKS_SECRET: .* empty or damaged"):
        load(tmp_path)


def test_beside_the_sandbox_mail_leaves_into_it_unless_another_server_is_named(tmp_path: Path) -> None:
    toy = {"INNBOKS_SANDBOX": "true", "INNBOKS_SANDBOX_SMTP": "127.0.0.1:9002"}
    assert load_settings(toy, tmp_path).smtp_out == MailRelay(host="127.0.0.1", port=9002, tls="none")
    named = load_settings(toy | {"INNBOKS_SMTP_OUT": "smtp.example.com:587"}, tmp_path).smtp_out
    assert named is not None
    assert named.host == "smtp.example.com"
    assert load_settings({}, tmp_path).smtp_out is None
