"""Everything the environment may say, in one class; nothing else reads the environment."""

from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_KEY = "perennial-development-key-never-for-live-mail"
MAIL_FROM = "success@perennial.example"
LONGEST_URL = 300
"""Characters of PUBLIC_URL at most: a header line has 998, and a mail says the address more than once."""


class Settings(BaseSettings):
    """Settings from the environment and `.env`, prefix PERENNIAL_; secrets come from nowhere else."""

    model_config = SettingsConfigDict(
        env_prefix="PERENNIAL_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    var: Path = Path("var")
    config: Path | None = None
    database_url: str = ""
    lake_url: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["required", "starttls", "none"] = "starttls"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_reply_seconds: float = Field(default=30, gt=0)
    smtp_session_seconds: float = Field(default=120, gt=0)
    mail_from: str = MAIL_FROM
    live: bool = False
    allow_recipients: str = ""
    public_url: str = ""
    link_key: SecretStr = SecretStr(DEVELOPMENT_KEY)
    reply_domain: str = ""
    bounce_domain: str = ""
    inbox_host: str = ""
    inbox_port: int = Field(default=993, ge=1, le=65535)
    inbox_tls: Literal["required", "starttls", "none"] = "required"
    inbox_username: str = ""
    inbox_password: SecretStr = SecretStr("")
    inbox_folder: str = "INBOX"
    dkim_domain: str = ""
    dkim_rsa_selector: str = ""
    dkim_rsa_key: Path | None = None
    dkim_ed25519_selector: str = ""
    dkim_ed25519_key: Path | None = None
    dns_server: str = ""
    relay_log: Path | None = None
    relay_copies: Path | None = None
    relay_grace: int = Field(default=300, ge=0)
    address_key: SecretStr = SecretStr(DEVELOPMENT_KEY)
    alert_webhook: SecretStr = SecretStr("")
    outbox_webhook: SecretStr = SecretStr("")
    task_runner: Literal["threads", "dask", "ray"] = "threads"
    log_format: Literal["text", "json"] = "text"
    _home: Path | None = PrivateAttr(None)

    @classmethod
    def load(cls, var: Path | None = None, config: Path | None = None) -> Self:
        """Settings of this process; `var` and `config` are the command line's."""
        given: dict[str, Any] = {"var": var, "config": config}
        given = {name: value for name, value in given.items() if value is not None}
        settings = cls(**given)
        return settings.model_copy(update={"var": settings.var.absolute()})

    def aside(self, folder: Path) -> Self:
        """These settings for a dry run: what it writes goes to `folder`, what it reads stays where it is."""
        dry = self.model_copy(update={"var": folder})
        dry._home = self.home  # noqa: SLF001 (its own class)
        return dry

    @property
    def home(self) -> Path:
        """The folder that --var named, in a dry run too."""
        return self._home or self.var

    @model_validator(mode="after")
    def _safe(self) -> Self:
        """Mail in the clear stays on this machine; live mail needs what live mail needs."""
        if self.smtp_host and self.smtp_tls == "none" and not is_loopback(self.smtp_host):
            raise ValueError(
                f"PERENNIAL_SMTP_TLS=none is refused for {self.smtp_host}: only loopback may go without TLS"
            )
        if not _is_private(self.outbox_webhook.get_secret_value()):
            raise ValueError("PERENNIAL_OUTBOX_WEBHOOK is refused: https:// is needed outside of this machine")
        if self.inbox_host and self.inbox_tls == "none" and not is_loopback(self.inbox_host):
            raise ValueError(f"PERENNIAL_INBOX_TLS=none is refused for {self.inbox_host}: only loopback may go without")
        problem = _of_keys(self) or _of_pages(self)
        if problem:
            raise ValueError(problem)
        if self.live and (missing := missing_for_live(self)):
            raise ValueError("\n  ".join(["PERENNIAL_LIVE=true is refused (docs/how-to/go-live.md):", *missing]))
        return self

    @property
    def links(self) -> tuple[bytes, ...]:
        """The keys of links and return addresses: the first signs, all of them are read (comma-separated)."""
        return tuple(key.strip().encode() for key in self.link_key.get_secret_value().split(",") if key.strip())

    @property
    def inbox_dir(self) -> Path:
        """The Maildir that mail for us is dropped into, where no IMAP server is configured."""
        return self.var / "inbox"

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.var / 'perennial.db'}"

    @property
    def lake(self) -> str:
        """fsspec URL or path of the lake."""
        return self.lake_url or str(self.var / "lake")

    @property
    def mailbox_dir(self) -> Path:
        """The loopback server's Maildir."""
        return self.var / "mailbox"

    @property
    def outbox_dir(self) -> Path:
        """Where messages lie that do not go by mail, until a webhook takes them."""
        return self.var / "outbox"

    @property
    def report_dir(self) -> Path:
        """Where the report's pages are written."""
        return self.var / "report"

    @property
    def prefect_home(self) -> Path:
        """Prefect's own home."""
        return self.var / "prefect"

    @property
    def lock_path(self) -> Path:
        """The night's lock on this machine."""
        return self.var / "perennial.lock"

    @property
    def secret(self) -> bytes:
        """The key of all address keys."""
        return self.address_key.get_secret_value().encode()


def missing_for_live(settings: Settings) -> list[str]:
    """What must be configured before a customer may be written to, each in words; empty if nothing is missing.

    The mailbox is needed whatever `replies:` says: bounces and wishes to be left alone come to it.
    """
    secret = settings.link_key.get_secret_value()
    needed = {
        "PERENNIAL_SMTP_HOST names no mail server": bool(settings.smtp_host),
        "PERENNIAL_MAIL_FROM is no address of yours": settings.mail_from != MAIL_FROM and "@" in settings.mail_from,
        "PERENNIAL_PUBLIC_URL is missing: the unsubscribe links of mails lead there (https, see `perennial serve`)": (
            settings.public_url.startswith("https://")
        ),
        "PERENNIAL_REPLY_DOMAIN is missing: unsubscribing by mail, bounces and answers go there": bool(
            settings.reply_domain
        ),
        "PERENNIAL_INBOX_HOST is missing: nobody would read what comes to that domain": bool(settings.inbox_host),
        "PERENNIAL_ADDRESS_KEY is the development key": settings.secret.decode() != DEVELOPMENT_KEY,
        "PERENNIAL_LINK_KEY is the development key": bool(secret) and DEVELOPMENT_KEY not in secret,
    }
    return [problem for problem, there in needed.items() if not there]


def _of_keys(settings: Settings) -> str:
    """What is wrong with how the signing keys are named; empty if nothing is."""
    for kind in ("rsa", "ed25519"):
        name = f"PERENNIAL_DKIM_{kind.upper()}"
        if bool(getattr(settings, f"dkim_{kind}_selector")) != bool(getattr(settings, f"dkim_{kind}_key")):
            return f"{name}_SELECTOR and {name}_KEY belong together: one of them is missing"
    return ""


def _of_pages(settings: Settings) -> str:
    """What is wrong with the address of our pages; empty if nothing is."""
    address = settings.public_url
    if not address:
        return ""
    plain = address.isascii() and not set(address) & set(' <>"?#') and len(address) <= LONGEST_URL
    if not plain or not urlsplit(address).hostname:
        return (
            f"PERENNIAL_PUBLIC_URL is no address of a page: '{address}'; write for example https://success.example.com"
        )
    return "" if _is_private(address) else "PERENNIAL_PUBLIC_URL is refused: https:// is needed outside of this machine"


def _is_private(address: str) -> bool:
    """Whether what is posted to this address can be read on the way by nobody; no address, nothing posted."""
    parts = urlsplit(address)
    return not address or parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def is_loopback(host: str) -> bool:
    """Whether mail to this host stays on the machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
