"""Every operation by an AWS CLI: `chime_cli.py PROGRAM CODE`, where CODE is the exit code for an error of the service."""

import json
import os
import subprocess
import sys

program, code = sys.argv[1], int(sys.argv[2])
ODD = ["a:b", "a@b.c", "a b", "a/b", "a+b", "ü", "100%", "%2F", "a?b=c"]


def run(*words):
    command = [program, "chime", "--output", "json", "--endpoint-url", os.environ["CARILLON_URL"], *words]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)


def done(*words):
    ran = run(*words)
    assert ran.returncode == 0, (words, ran)
    return json.loads(ran.stdout) if ran.stdout.strip() else None


def refused(name, *words):
    ran = run(*words)
    assert ran.returncode == code and name in ran.stderr, (words, ran)


name = f"By the CLI that ends with {code}"
account = done("create-account", "--name", name)["Account"]["AccountId"]
of = ("--account-id", account)
user = done("create-user", *of, "--email", "one@example.org")["User"]["UserId"]
invites = done("invite-users", *of, "--user-email-list", "two@example.org", "no-address")["Invites"]
assert [invite["Status"] for invite in invites] == ["Pending", "Failed"], invites
whom = (*of, "--user-id", user)
assert done("get-account", *of)["Account"]["Name"] == name
assert [a["AccountId"] for a in done("list-accounts", "--name", name.upper())["Accounts"]] == [account]
assert done("update-account", *of, "--default-license", "Pro")["Account"]["DefaultLicense"] == "Pro"
assert len(done("list-users", *of)["Users"]) == 2
assert done("get-user", *whom)["User"]["PrimaryEmail"] == "one@example.org"
assert done("update-user", *whom, "--license-type", "Basic")["User"]["LicenseType"] == "Basic"
items = json.dumps([{"UserId": user, "LicenseType": "Plus"}, {"UserId": "nobody", "LicenseType": "Plus"}])
errors = done("batch-update-user", *of, "--update-user-request-items", items)["UserErrors"]
assert [(error["UserId"], error["ErrorCode"]) for error in errors] == [("nobody", "NotFound")], errors
assert done("batch-unsuspend-user", *of, "--user-id-list", user)["UserErrors"][0]["ErrorCode"] == "BadRequest"
# There is nobody behind an invitation yet.
refused("BadRequestException", "logout-user", *whom)
refused("BadRequestException", "reset-personal-pin", *whom)
calls = "Telephony={InboundCalling=true,OutboundCalling=true,SMS=false}"
refused("BadRequestException", "update-user-settings", *whom, "--user-settings", calls)
assert done("get-user-settings", *whom)["UserSettings"]["Telephony"]["SMS"] is False
done("update-account-settings", *of, "--account-settings", "EnableDialOut=true")
assert done("get-account-settings", *of)["AccountSettings"]["EnableDialOut"] is True
groups = ("--signin-delegate-groups", "GroupName=A", "GroupName=B")
done("associate-signin-delegate-groups-with-account", *of, *groups)
done("disassociate-signin-delegate-groups-from-account", *of, "--group-names", "A")
assert done("get-account", *of)["Account"]["SigninDelegateGroups"] == [{"GroupName": "B"}]
done("update-global-settings", "--business-calling", "CdrBucket=calls")
assert done("get-global-settings")["BusinessCalling"] == {"CdrBucket": "calls"}
done("delete-account", *of)
assert done("get-account", *of)["Account"]["AccountStatus"] == "Suspended"
refused("BadRequestException", "batch-suspend-user", *of, "--user-id-list", *["x"] * 51)
team = json.load(open("demo.json", encoding="utf-8"))["accounts"]["team"]["id"]
refused("UnprocessableEntityException", "delete-account", "--account-id", team)
refused("BadRequestException", "list-phone-numbers")
for odd in ODD:
    refused("NotFoundException", "get-user", "--account-id", odd, "--user-id", odd)
