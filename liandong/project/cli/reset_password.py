"""`liandong reset-password`: a one-time password for an account, the first administrator's above all."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from liandong.project.cli.surroundings import database, refuse_unless_migrated, set_up_django
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose."""
    parser.add_argument("account", help=say("账号"))


def run(arguments: argparse.Namespace) -> int:
    """Print a password that must be changed at the first sign-in; return 1 where there is no such account."""
    set_up_django()
    from django.conf import settings

    from liandong.people.access import platform
    from liandong.people.operations import reset_password
    from liandong.people.queries import account_named

    with database():
        refuse_unless_migrated()
        user = account_named(arguments.account)
        if user is None:
            print(say("没有账号“%(account)s”。", account=arguments.account), file=sys.stderr)
            return 1
        password = reset_password(user, actor=platform("console"), at=datetime.now(UTC))
    print(say("一次性密码，只显示这一次："), file=sys.stderr)
    if settings.LIANDONG_ONE_TIME_HOURS:
        print(say("请在 %(hours)s 小时内用它登录。", hours=settings.LIANDONG_ONE_TIME_HOURS), file=sys.stderr)
    print(password)
    return 0
