"""Who may log in, and what the org needs to know of its users: their time zone and the start of their week."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from mockorg_server.core.bootstrap import user_values
from mockorg_server.core.clock import Clock
from mockorg_server.core.context import CallContext
from mockorg_server.core.dml.default import ON_INSERT, fill_defaults, system_values
from mockorg_server.core.error import OrgError
from mockorg_server.core.login_guard import LoginGuard
from mockorg_server.core.setting import UserSetting
from mockorg_server.schema.sobject import SObject
from mockorg_server.soql.moment import Moment

MONDAY, SUNDAY = 0, 6
# Locales whose week starts on Sunday; most others start on Monday (SOQL reference, date literals).
_SUNDAY_COUNTRIES = frozenset({"US", "CA", "MX", "JP", "IL", "IN", "KR", "BR", "ZA", "TW", "HK", "PH"})


class Directory:
    """The users of one org. Without configured users, a new user name becomes a user on its first login."""

    def __init__(self, users: Sequence[UserSetting], clock: Clock) -> None:
        self._settings = {user.name.casefold(): user for user in users}
        self.guard = LoginGuard(clock)

    @property
    def strict(self) -> bool:
        """True when only the configured users get in."""
        return bool(self._settings)

    @property
    def names(self) -> tuple[str, ...]:
        """User names that were configured."""
        return tuple(user.name for user in self._settings.values())

    def knows(self, username: str) -> bool:
        """Tell whether the user name was set up, in any case."""
        return username.casefold() in self._settings

    def user_id_of(self, context: CallContext, username: str, password: str) -> str | None:
        """Give the id of the active user who may log in so, or None. Raises as ``identify``."""
        user_id = self.identify(context, username, password)
        return user_id if user_id is not None and self.is_active(context, user_id) else None

    def identify(self, context: CallContext, username: str, password: str) -> str | None:
        """Give the id of the user, active or not, whose password it is, or None.

        Raises OrgError when a user of a strict org logs in too often; the code and text are inferred from the guide's
        "Login Rate Exceeded".
        """
        if not username.strip() or not password:
            return None
        if self.strict:
            if not self._may_enter(username, password):
                return None
            if not self.guard.admits(username):
                raise OrgError("INVALID_LOGIN", "Login Rate Exceeded")
        return self.find_or_add(context, username)

    def find_or_add(self, context: CallContext, username: str) -> str:
        """Give the id of the user of that name, who is made if there is none. A call that writes asks this."""
        return self.find(context, username) or self.add(context, username)

    def is_active(self, context: CallContext, user_id: str) -> bool:
        """Tell whether a user may log in at all."""
        return bool(context.reader.get(_user_sobject(context), [user_id], ["IsActive"])[user_id][0])

    def enrol(self, context: CallContext) -> None:
        """Give each configured user who has no record yet one."""
        for name in self.names:
            if self.find(context, name) is None:
                self.add(context, name)

    def find(self, context: CallContext, username: str) -> str | None:
        """Give the id of the user of that name in any case, or None."""
        return next(iter(context.reader.find(_user_sobject(context), "Username", username, limit=1)), None)

    def name_of(self, context: CallContext, user_id: str) -> str:
        """Give the user name of a user who exists."""
        return str(context.reader.get(_user_sobject(context), [user_id], ["Username"])[user_id][0])

    def add(self, context: CallContext, username: str) -> str:
        """Make a user who is a system administrator; give its id."""
        user = _user_sobject(context)
        user_id = context.org.ids.next_id(user.id_prefix)
        profile_id, role_id = context.reader.get(user, [context.org.administrator_id], ["ProfileId", "UserRoleId"])[
            context.org.administrator_id
        ]
        values = user_values(user_id, username, str(profile_id), str(role_id) if role_id else None)
        values.update(system_values(context, user, ON_INSERT))
        values |= {"CreatedById": context.org.administrator_id, "LastModifiedById": context.org.administrator_id}
        fill_defaults(context, user, values)
        context.writer.insert(user, values)
        return user_id

    def moment_of(self, context: CallContext) -> Moment:
        """Give what queries depend on beside the records: now, and the caller with zone, week and fiscal year."""
        user = _user_sobject(context)
        zone, locale = context.reader.get(user, [context.user_id], ["TimeZoneSidKey", "LocaleSidKey"])[context.user_id]
        organization = context.org.schema.latest.sobject("Organization")
        month = named_by_start = None
        if organization is not None:
            fields = ["FiscalYearStartMonth", "UsesStartDateAsFiscalYearName"]
            month, named_by_start = context.reader.get(organization, [context.org.id], fields)[context.org.id]
        country = str(locale or "").rpartition("_")[2]
        return Moment(
            now=context.now,
            timezone=str(zone or "GMT"),
            week_starts_on=SUNDAY if country in _SUNDAY_COUNTRIES else MONDAY,
            fiscal_year_start_month=int(str(month or 1)),
            fiscal_year_named_by_start=bool(named_by_start),
            user_id=context.user_id,
            locale=str(locale or "en_US"),
        )

    def _may_enter(self, username: str, password: str) -> bool:
        """Say whether a configured user who is not locked out gave the right password."""
        if username.casefold() not in self._settings or self.guard.is_locked(username):
            return False
        if self._password_is_right(username, password):
            return True
        self.guard.failed(username)
        return False

    def _password_is_right(self, username: str, password: str) -> bool:
        setting = self._settings[username.casefold()]
        right = setting.password + setting.security_token
        return hmac.compare_digest(password.encode(), right.encode())


def _user_sobject(context: CallContext) -> SObject:
    user = context.org.schema.latest.sobject("User")
    if user is None:
        raise LookupError("the schema has no User")
    return user
