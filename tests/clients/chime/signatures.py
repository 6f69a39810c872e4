"""Who may speak at all."""

import datetime
from unittest import mock

import botocore.auth
import botocore.session
from urllib3 import PoolManager

from .sample import DEMO, TEAM, Case, client

BAD = "SignatureDoesNotMatch"
UNKNOWN = "UnrecognizedClientException"


def tampered(change):
    """A client whose signed requests are changed on their way."""
    chime = client()
    chime.meta.events.register_last("before-send.chime", lambda request, **_: change(request))
    return chime


class Signatures(Case):
    def test_a_wrong_secret_and_an_unknown_key(self):
        wrong = client({**DEMO, "secret_access_key": "x" * 40})
        self.refused(BAD, wrong.list_accounts)
        nobody = client({"access_key_id": "AKIANOBODYNOBODYNOBO", "secret_access_key": DEMO["secret_access_key"]})
        answer = self.refused(UNKNOWN, nobody.list_accounts)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 403)

    def test_no_signature(self):
        for authorization, status, name in [
            (None, 403, "MissingAuthenticationTokenException"),
            ("Bearer " + DEMO["api_token"], 400, "IncompleteSignatureException"),
            ("AWS4-HMAC-SHA256 nonsense", 400, "IncompleteSignatureException"),
        ]:
            headers = {"Authorization": authorization} if authorization else {}
            answer = PoolManager().request("GET", DEMO["url"] + "/accounts", headers=headers)
            self.assertEqual((answer.status, answer.headers["x-amzn-errortype"]), (status, name), answer.data)

    def test_a_session_token_is_none_of_ours(self):
        self.refused(UNKNOWN, client(aws_session_token="token").list_accounts)

    def test_any_region_will_do(self):
        for region in ["eu-west-1", "on-prem-1"]:
            client(region_name=region).list_accounts()

    def test_a_skewed_clock(self):
        for minutes, holds in [(-14, True), (14, True), (-20, False), (20, False), (-1440, False)]:
            with self.subTest(minutes):
                then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
                with mock.patch.object(botocore.auth, "get_current_datetime", lambda *_, **__: then):
                    if holds:
                        client().list_accounts()
                    else:
                        self.refused(BAD, client().list_accounts)

    def test_tampering(self):
        def body(request):
            request.body = request.body.replace(b"Honest", b"Forged")

        def query(request):
            request.url += "&operation=suspend" if "?" in request.url else "?name=Sample"

        def path(request):
            request.url = request.url.replace(TEAM, DEMO["accounts"]["enterprise"]["id"])

        def method(request):
            request.method = "POST"

        def date(request):
            sent = bytes(request.headers["X-Amz-Date"]).decode()
            request.headers["X-Amz-Date"] = sent[:-2] + str((int(sent[-2]) + 1) % 10) + "Z"

        self.refused(BAD, tampered(body).create_account, Name="Honest")
        self.refused(BAD, tampered(query).list_accounts)
        self.refused(BAD, tampered(path).list_users, AccountId=TEAM)
        self.refused(BAD, tampered(method).list_accounts)
        self.refused(BAD, tampered(date).list_accounts)
        self.assertEqual(self.chime.list_accounts(Name="Forged")["Accounts"], [])

    def test_a_presigned_address_opens_nothing(self):
        url = self.chime.generate_presigned_url("list_accounts")
        answer = PoolManager().request("GET", url)
        self.assertEqual(answer.status, 403, answer.data)
