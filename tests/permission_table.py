"""The rows of the permission table, and what each address is asked with. See `test_permissions.py`."""

from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.core.signing import Signer
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import claims, drafts, links, teams, verification
from accounts.models import MemberRole, Notification
from accounts.outbox import EmailBackend
from companies.models import Company
from deals import actions, conduct, conversation, documents, listings, pipeline, searches
from deals.models import Access, Deal, Document, Introduction
from investors.models import Investor
from matching.models import ModelRun
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Board, Round
from tests.matching.measured import quality

ROLES = [
    "anonymous", "founder", "company_viewer", "investor", "investor_viewer", "other_founder", "other_investor",
    "analyst", "administrator",
]  # fmt: skip

# The company, institution, introduction and deal of every row are those of founder and investor.
TABLE = """
                                             anonymous    company                 investor
                                                      founder viewer  investor viewer other f other i analyst admin

GET    landing                               200      done    done    done    done    done    done    done    done
GET    home                                  login    200     200     200     200     200     200     200     200
GET    settings                              login    200     200     200     200     200     200     200     200
POST   settings                              login    done    done    done    done    done    done    done    done
POST   edit_topics                           login   done    done    done    done    done    done    done    done
GET    unsubscribe                           200     200     200     200     200     200     200     200     200
POST   unsubscribe                           200     200     200     200     200     200     200     200     200
GET    notifications                         login    200     200     200     200     200     200     200     200
POST   notifications                         login    done    done    done    done    done    done    done    done
POST   set_language                          done     done    done    done    done    done    done    done    done
GET    notification                          login    done    404     404     404     404     404     404     404
GET    claims                                login   403     403     403     403     403     403     403     200
GET    verifications                         login   403     403     403     403     403     403     403     200
GET    view_as                               login   403     403     403     403     403     403     403     200
POST   view_as                               login   403     403     403     403     403     403     403     done
POST   view_end                              done    done    done    done    done    done    done    done    done
GET    outbox                                200      200     200     200     200     200     200     200     200
GET    outbox_message                        200      200     200     200     200     200     200     200     200

GET    companies:list                        login    200     200     200     200     200     200     200     200
GET    companies:create                      login    done    200     200     200     200     200     200     200
POST   companies:create                      login    done    done    done    done    done    done    done    done
GET    companies:create_step                 login    200     done    done    done    done    done    done    done
POST   companies:create_step                 login    done    done    done    done    done    done    done    done
GET    companies:detail                      login    200     200     200     200     200     200     200     200
GET    companies:logo                        login    200     200     200     200     200     200     200     200
GET    companies:edit                        login    200     404     404     404     404     404     404     200
POST   companies:edit                        login    done    404     404     404     404     404     404     done
POST   companies:confirm                     login   done    404     404     404     404     404     404     done
GET    companies:raise_create                login    200     404     404     404     404     404     404     200
POST   companies:raise_create                login    done    404     404     404     404     404     404     done
GET    companies:raise_edit                  login    200     404     404     404     404     404     404     200
POST   companies:raise_edit                  login    done    404     404     404     404     404     404     done
POST   companies:raise_end                   login    done    404     404     404     404     404     404     done
GET    companies:team                        login   200     200     404     404     404     404     404     200
POST   companies:invite                      login   done    403     404     404     404     404     404     done
POST   companies:member_role                 login   done    403     404     404     404     404     404     done
POST   companies:member_remove               login   done    done    404     404     404     404     404     done
POST   companies:invitation_withdraw         login   done    403     404     404     404     404     404     done
GET    companies:invitation                  200     200     200     200     200     200     200     200     200
POST   companies:invitation                  200     200     200     200     200     done    200     200     200
GET    companies:claim                       login   done    done    200     200     200     200     200     200
POST   companies:claim                       login   done    done    done    done    done    200     done    done
POST   companies:claim_decide                login   done    403     403     403     403     403     403     done
POST   companies:claim_withdraw              login   403     403     403     403     403     done    403     403
GET    companies:claim_proof                 login   200     200     200     200     200     200     200     200
POST   companies:claim_proof                 login   403     403     403     403     403     done    403     403
GET    companies:verification                login   200     200     404     404     404     404     404     200
POST   companies:verification                login   400     403     404     404     404     404     404     403
POST   companies:verification_withdraw       login   done    403     404     404     404     404     404     done
POST   companies:verification_verify         login   403     403     404     404     404     404     404     done
POST   companies:verification_refuse         login   403     403     404     404     404     404     404     done
POST   companies:verification_take           login   403     403     404     404     404     404     404     done
GET    companies:verification_file           login   200     404     404     404     404     404     404     200

GET    investors:list                        login    200     200     200     200     200     200     200     200
GET    investors:create                      login    done    200     200     200     200     200     200     200
POST   investors:create                      login    done    done    done    done    done    done    done    done
GET    investors:create_step                 login    200     done    done    done    done    done    done    done
POST   investors:create_step                 login    done    done    done    done    done    done    done    done
GET    investors:detail                      login    200     200     200     200     200     200     200     200
GET    investors:edit                        login    404     404     200     404     404     404     404     200
POST   investors:edit                        login    404     404     done    404     404     404     404     done
POST   investors:confirm                     login   404     404     done    404     404     404     404     done
GET    investors:thesis_create               login    404     404     200     404     404     404     404     200
POST   investors:thesis_create               login    404     404     done    404     404     404     404     done
GET    investors:thesis_edit                 login    404     404     200     404     404     404     404     200
POST   investors:thesis_edit                 login    404     404     done    404     404     404     404     done
POST   investors:thesis_delete               login    404     404     done    404     404     404     404     done
GET    investors:team                        login   404     404     200     200     404     404     404     200
POST   investors:invite                      login   404     404     done    403     404     404     404     done
POST   investors:member_role                 login   404     404     done    403     404     404     404     done
POST   investors:member_remove               login   404     404     done    done    404     404     404     done
POST   investors:invitation_withdraw         login   404     404     done    403     404     404     404     done
GET    investors:invitation                  200     200     200     200     200     200     200     200     200
POST   investors:invitation                  200     200     200     200     200     200     done    200     200
GET    investors:claim                       login   200     200     done    done    200     200     200     200
POST   investors:claim                       login   done    done    done    done    200     done    done    done
POST   investors:claim_decide                login   403     403     done    403     403     403     403     done
POST   investors:claim_withdraw              login   403     403     403     403     done    403     403     403
GET    investors:claim_proof                 login   200     200     200     200     200     200     200     200
POST   investors:claim_proof                 login   403     403     403     403     done    403     403     403
GET    investors:verification                login   404     404     200     200     404     404     404     200
POST   investors:verification                login   404     404     400     403     404     404     404     403
POST   investors:verification_withdraw       login   404     404     done    403     404     404     404     done
POST   investors:verification_verify         login   404     404     403     403     404     404     404     done
POST   investors:verification_refuse         login   404     404     403     403     404     404     404     done
POST   investors:verification_take           login   404     404     403     403     404     404     404     done
GET    investors:verification_file           login   404     404     200     404     404     404     404     200

GET    deals:find                            login   200     200     200     200     200     200     200     200
GET    deals:introductions                   login    200     200     200     200     200     200     200     200
GET    deals:introduction_ask                login    200     403     403     403     403     403     403     403
POST   deals:introduction_ask                login    done    403     403     403     403     403     403     403
GET    deals:introduction                    login    200     200     200     200     404     404     404     200
POST   deals:introduction_accept             login    403     403     done    403     404     404     404     403
POST   deals:introduction_decline            login    403     403     done    403     404     404     404     403
POST   deals:introduction_withdraw           login    done    403     403     403     404     404     404     403
POST   deals:message_post                    login   done    403     done    403     404     404     404     403
GET    deals:attachment                      login   200     200     200     200     404     404     404     200
GET    deals:blocks                          login   200     200     200     200     200     200     200     200
POST   deals:block                           login   done    403     done    403     403     403     403     403
POST   deals:unblock                         login   done    403     403     403     403     403     403     403
GET    deals:report                          login   200     200     200     200     200     200     200     200
POST   deals:report                          login   done    done    done    done    done    done    done    done
GET    deals:reports                         login   403     403     403     403     403     403     403     200
POST   deals:report_settle                   login   403     403     403     403     403     403     403     done
GET    deals:preview                         login   200     200     404     404     404     404     404     200
GET    deals:document_add                    login   200     404     404     404     404     404     404     200
POST   deals:document_add                    login   done    404     404     404     404     404     404     done
GET    deals:document                        login   200     200     200     200     403     403     403     200
GET    deals:document_edit                   login   200     404     404     404     404     404     404     200
POST   deals:document_edit                   login   done    404     404     404     404     404     404     done
POST   deals:document_remove                 login   done    404     404     404     404     404     404     done
POST   deals:document_ask                    login   403     403     done    403     403     403     403     403
GET    deals:document_log                    login   200     200     404     404     404     404     404     200
POST   deals:document_let_in                 login   done    403     404     404     404     404     404     done
POST   deals:document_shut_out               login   done    403     404     404     404     404     404     done
GET    deals:list                            login    200     200     200     200     200     200     200     200
GET    deals:list_file                       login    200     200     200     200     200     200     200     200
GET    deals:listings_file                   login    200     200     200     200     200     200     200     200
GET    deals:record                          login    200     403     200     403     200     200     403     200
POST   deals:record                          login    done    403     done    403     400     400     403     done
GET    deals:suggest                         login    200     200     200     200     200     200     200     200
GET    deals:detail                          login    200     200     200     200     200     200     200     200
GET    deals:edit                            login    200     404     404     404     404     404     404     200
POST   deals:edit                            login    done    404     404     404     404     404     404     done
POST   deals:withdraw                        login    done    404     404     404     404     404     404     done
POST   deals:object                          login    403     403     done    403     403     403     403     403
POST   deals:confirm                         login    403     403     done    403     403     403     403     403
POST   deals:verify                          login    403     403     403     403     403     403     403     done
POST   deals:reject                          login    403     403     403     403     403     403     403     done
POST   deals:take_up                         login    403     403     403     403     403     403     403     409
GET    deals:duplicates                      login    403     403     403     403     403     403     403     200
GET    deals:compare                         login    403     403     403     403     403     403     403     200
POST   deals:merge                           login    403     403     403     403     403     403     403     done
POST   deals:unmerge                         login    403     403     403     403     403     403     403     done
POST   deals:keep_apart                      login    403     403     403     403     403     403     403     done
POST   deals:no_longer_apart                 login    403     403     403     403     403     403     403     done
GET    deals:queue                           login    403     403     403     403     403     403     403     200
GET    deals:listings                        login    200     200     200     200     200     200     200     200
GET    deals:listing_record                  login    200     403     403     403     200     403     403     200
POST   deals:listing_record                  login    done    403     403     403     400     403     403     done
GET    deals:listing                         login    200     200     200     200     200     200     200     200
GET    deals:listing_edit                    login    200     404     404     404     404     404     404     200
POST   deals:listing_edit                    login    done    404     404     404     404     404     404     done
POST   deals:listing_object                  login    403     403     403     403     403     403     403     403
POST   deals:listing_confirm                 login    done    403     403     403     403     403     403     403
POST   deals:listing_withdraw                login    done    404     404     404     404     404     404     done
POST   deals:listing_verify                  login    403     403     403     403     403     403     403     done
POST   deals:listing_reject                  login    403     403     403     403     403     403     403     done
POST   deals:listing_take_up                 login    403     403     403     403     403     403     403     409
GET    deals:pipeline                        login    404     404     200     200     404     404     404     404
GET    deals:pipeline_table                  login    404     404     200     200     404     404     404     404
GET    deals:pipeline_add                    login    404     404     200     403     404     404     404     404
POST   deals:pipeline_add                    login    404     404     done    403     404     404     404     404
GET    deals:pipeline_card                   login    404     404     200     200     404     404     404     404
POST   deals:pipeline_move                   login    404     404     done    403     404     404     404     404
POST   deals:pipeline_undo                   login    404     404     409     403     404     404     404     404
POST   deals:pipeline_edit                   login    404     404     done    403     404     404     404     404
POST   deals:pipeline_note                   login    404     404     done    403     404     404     404     404
POST   deals:pipeline_task                   login    404     404     done    403     404     404     404     404
POST   deals:pipeline_remove                 login    404     404     done    403     404     404     404     404
POST   deals:pipeline_tick                   login    404     404     done    403     404     404     404     404
GET    deals:searches                        login    404     404     200     200     404     404     404     404
POST   deals:search_save                     login    404     404     done    403     404     404     404     404
POST   deals:search_change                   login    404     404     done    403     404     404     404     404
POST   deals:search_delete                   login    404     404     done    403     404     404     404     404
GET    deals:statistics                      login    200     200     200     200     200     200     200     200
POST   deals:public_statistics               login    403     403     403     403     403     403     403     done
GET    deals:study                           login    200     200     200     200     200     200     200     200
GET    deals:topic                           login    200     200     200     200     200     200     200     200
GET    deals:figure_file                     login    200     200     200     200     200     200     200     200
GET    deals:figure_rows                     login    200     200     200     200     200     200     200     200
GET    deals:figure_rows_file                login    200     200     200     200     200     200     200     200

GET    matching:for_company                  login    200     200     404     404     404     404     404     200
GET    matching:for_investor                 login    404     404     200     200     404     404     404     200
GET    matching:look_up_investor             login    200     200     404     404     404     404     404     200
GET    matching:investor_for_company         login    200     200     404     404     404     404     404     200
GET    matching:advice_for_company           login    200     200     404     404     404     404     404     200
GET    matching:compare                      login    200     200     404     404     404     404     404     200
GET    matching:companies_like               login   200     200     200     200     200     200     200     200
GET    matching:investors_like               login   200     200     200     200     200     200     200     200
GET    matching:pass_on_investor             login   200     200     404     404     404     404     404     200
GET    matching:pass_on_company              login   404     404     200     200     404     404     404     200
GET    matching:compare_companies            login   404     404     200     200     404     404     404     200
GET    matching:look_up_company              login    404     404     200     200     404     404     404     200
GET    matching:company_for_investor         login    404     404     200     200     404     404     404     200
GET    matching:advice_for_investor          login    404     404     200     200     404     404     404     200
POST   matching:feedback                     login    403     403     done    403     403     403     403     done
POST   matching:note                         login    403     403     done    403     403     403     403     done
POST   matching:suggest_categories           login    200     200     200     200     200     200     200     200
POST   matching:attention                    login    403     403     403     403     403     403     403     done
GET    matching:runs                         login    403     403     403     403     403     403     403     200
POST   matching:runs                         login    403     403     403     403     403     403     403     done
GET    matching:run                          login    403     403     403     403     403     403     403     200
GET    matching:run_compare                  login    403     403     403     403     403     403     403     200
POST   matching:run_publish                  login    403     403     403     403     403     403     403     done
POST   matching:run_discard                  login    403     403     403     403     403     403     403     done
POST   matching:run_roll_back                login    403     403     403     403     403     403     403     done

GET    account_login                         200      done    done    done    done    done    done    done    done
POST   account_login                         done     done    done    done    done    done    done    done    done
GET    account_logout                        done     200     200     200     200     200     200     200     200
POST   account_logout                        done     done    done    done    done    done    done    done    done
GET    account_signup                        200      done    done    done    done    done    done    done    done
POST   account_signup                        done     done    done    done    done    done    done    done    done
GET    account_inactive                      200      200     200     200     200     200     200     200     200
GET    account_reauthenticate                login    200     200     200     200     200     200     200     200
POST   account_reauthenticate                login    done    done    done    done    done    done    done    done
GET    account_email                         login    200     200     200     200     200     200     200     200
POST   account_email                         login    done    done    done    done    done    done    done    done
GET    account_email_verification_sent       200      200     200     200     200     200     200     200     200
GET    account_change_password               login    200     200     200     200     200     200     200     200
POST   account_change_password               login    done    done    done    done    done    done    done    done
GET    account_set_password                  login    done    done    done    done    done    done    done    done
POST   account_set_password                  login    done    done    done    done    done    done    done    done
GET    account_reset_password                200      200     200     200     200     200     200     200     200
POST   account_reset_password                done     done    done    done    done    done    done    done    done
GET    account_reset_password_done           200      200     200     200     200     200     200     200     200
GET    account_reset_password_from_key       200      200     200     200     200     200     200     200     200
POST   account_reset_password_from_key       200      200     200     200     200     200     200     200     200
GET    account_reset_password_from_key_done  200      200     200     200     200     200     200     200     200
GET    account_confirm_email                 200      200     200     200     200     200     200     200     200
POST   account_confirm_email                 404      404     404     404     404     404     404     404     404
GET    account_confirm_login_code            login    done    done    done    done    done    done    done    done
POST   account_confirm_login_code            login    done    done    done    done    done    done    done    done

GET    mfa_index                             login    200     200     200     200     200     200     200     200
GET    mfa_authenticate                      login    done    done    done    done    done    done    done    done
POST   mfa_authenticate                      login    done    done    done    done    done    done    done    done
GET    mfa_reauthenticate                    login    done    done    done    done    done    done    done    done
POST   mfa_reauthenticate                    login    done    done    done    done    done    done    done    done
GET    mfa_activate_totp                     login    done    done    done    done    done    done    done    done
POST   mfa_activate_totp                     login    done    done    done    done    done    done    done    done
GET    mfa_deactivate_totp                   login    404     404     404     404     404     404     404     404
POST   mfa_deactivate_totp                   login    404     404     404     404     404     404     404     404
GET    mfa_view_recovery_codes               login    404     404     404     404     404     404     404     404
GET    mfa_generate_recovery_codes           login    done    done    done    done    done    done    done    done
POST   mfa_generate_recovery_codes           login    done    done    done    done    done    done    done    done
GET    mfa_download_recovery_codes           login    404     404     404     404     404     404     404     404
POST   mfa_download_recovery_codes           login    404     404     404     404     404     404     404     404
GET    mfa_list_webauthn                     login    200     200     200     200     200     200     200     200
GET    mfa_add_webauthn                      login    done    done    done    done    done    done    done    done
POST   mfa_add_webauthn                      login    done    done    done    done    done    done    done    done
GET    mfa_reauthenticate_webauthn           login    done    done    done    done    done    done    done    done
POST   mfa_reauthenticate_webauthn           login    done    done    done    done    done    done    done    done
GET    mfa_remove_webauthn                   login    done    done    done    done    done    done    done    done
POST   mfa_remove_webauthn                   login    done    done    done    done    done    done    done    done
GET    mfa_edit_webauthn                     login    done    done    done    done    done    done    done    done
POST   mfa_edit_webauthn                     login    done    done    done    done    done    done    done    done
GET    mfa_login_webauthn                    login    done    done    done    done    done    done    done    done
POST   mfa_login_webauthn                    login    done    done    done    done    done    done    done    done
GET    usersessions_list                     login    200     200     200     200     200     200     200     200
POST   usersessions_list                     login    done    done    done    done    done    done    done    done

GET    admin:*                               login    login   login   login   login   login   login   login   200

GET    api:docs                              200      200     200     200     200     200     200     200     200
GET    api:schema                            200      200     200     200     200     200     200     200     200
GET    api:scheme-list                       403      200     200     200     200     200     200     200     200
GET    api:scheme-detail                     403      200     200     200     200     200     200     200     200
GET    api:scheme-tree                       403      200     200     200     200     200     200     200     200
GET    api:category-list                     403      200     200     200     200     200     200     200     200
GET    api:category-detail                   403      200     200     200     200     200     200     200     200
GET    api:region-list                       403      200     200     200     200     200     200     200     200
GET    api:region-detail                     403      200     200     200     200     200     200     200     200
GET    api:round-list                        403      200     200     200     200     200     200     200     200
GET    api:round-detail                      403      200     200     200     200     200     200     200     200
GET    api:board-list                        403      200     200     200     200     200     200     200     200
GET    api:board-detail                      403      200     200     200     200     200     200     200     200
GET    api:currency-list                     403      200     200     200     200     200     200     200     200
GET    api:currency-detail                   403      200     200     200     200     200     200     200     200
GET    api:company-list                      403      200     200     200     200     200     200     200     200
POST   api:company-list                      403      201     201     201     201     201     201     201     201
GET    api:company-detail                    403      200     200     200     200     200     200     200     200
PATCH  api:company-detail                    403      200     404     404     404     404     404     404     200
GET    api:raise-list                        403      200     200     200     200     200     200     200     200
POST   api:raise-list                        403      201     403     403     403     403     403     403     201
GET    api:raise-detail                      403      200     200     200     200     200     200     200     200
PATCH  api:raise-detail                      403      200     404     404     404     404     404     404     200
POST   api:raise-end                         403      200     404     404     404     404     404     404     200
GET    api:investor-list                     403      200     200     200     200     200     200     200     200
POST   api:investor-list                     403      201     201     201     201     201     201     201     201
GET    api:investor-detail                   403      200     200     200     200     200     200     200     200
PATCH  api:investor-detail                   403      404     404     200     404     404     404     404     200
GET    api:thesis-list                       403      200     200     200     200     200     200     200     200
POST   api:thesis-list                       403      403     403     201     403     403     403     403     201
GET    api:thesis-detail                     403      200     200     200     200     200     200     200     200
PATCH  api:thesis-detail                     403      404     404     200     404     404     404     404     200
DELETE api:thesis-detail                     403      404     404     204     404     404     404     404     204
GET    api:for_company                       403      200     200     404     404     404     404     404     200
GET    api:for_investor                      403      404     404     200     200     404     404     404     200
GET    api:investor_for_company              403      200     200     404     404     404     404     404     200
GET    api:company_for_investor              403      404     404     200     200     404     404     404     200
POST   api:feedback                          403      403     403     200     403     403     403     403     200
GET    api:introduction-list                 403      200     200     200     200     200     200     200     200
POST   api:introduction-list                 403      201     403     403     403     403     403     403     403
GET    api:introduction-detail               403      200     200     200     200     404     404     404     200
POST   api:introduction-accept               403      403     403     200     403     404     404     404     403
POST   api:introduction-decline              403      403     403     200     403     404     404     404     403
POST   api:introduction-withdraw             403      200     403     403     403     404     404     404     403
GET    api:deal-list                         403      200     200     200     200     200     200     200     200
POST   api:deal-list                         403      201     403     201     403     403     403     403     201
GET    api:figure-list                       403      200     200     200     200     200     200     200     200
GET    api:figure-detail                     403      200     200     200     200     200     200     200     200
GET    api:deal-detail                       403      200     200     200     200     200     200     200     200
POST   api:deal-confirm                      403      403     403     200     403     403     403     403     403
POST   api:deal-withdraw                     403      204     403     403     403     403     403     403     204
POST   api:deal-object                       403      403     403     200     403     403     403     403     403
POST   api:deal-correct                      403      200     403     403     403     403     403     403     200
POST   api:deal-merge                        403      403     403     403     403     403     403     403     200
POST   api:deal-unmerge                      403      403     403     403     403     403     403     403     409
POST   api:deal-keep-apart                   403      403     403     403     403     403     403     403     204
POST   api:deal-verify                       403      403     403     403     403     403     403     403     200
POST   api:deal-reject                       403      403     403     403     403     403     403     403     200
POST   api:deal-take-up                      403      403     403     403     403     403     403     403     409
GET    api:pipelinecard-list                 403      200     200     200     200     200     200     200     200
POST   api:pipelinecard-list                 403      403     403     201     403     403     403     403     403
GET    api:pipelinecard-detail               403      404     404     200     200     404     404     404     404
POST   api:pipelinecard-move                 403      404     404     200     403     404     404     404     404
GET    api:listing-list                      403      200     200     200     200     200     200     200     200
POST   api:listing-list                      403      201     403     403     403     403     403     403     201
GET    api:listing-detail                    403      200     200     200     200     200     200     200     200
POST   api:listing-withdraw                  403      204     403     403     403     403     403     403     204
POST   api:listing-correct                   403      200     403     403     403     403     403     403     200
POST   api:listing-confirm                   403      200     403     403     403     403     403     403     403
POST   api:listing-object                    403      403     403     403     403     403     403     403     403
POST   api:listing-verify                    403      403     403     403     403     403     403     403     200
POST   api:listing-reject                    403      403     403     403     403     403     403     403     200
POST   api:listing-take-up                   403      403     403     403     403     403     403     403     409
GET    api:savedsearch-list                  403     200     200     200     200     200     200     200     200
POST   api:savedsearch-list                  403     403     403     201     403     403     403     403     403
GET    api:savedsearch-detail                403     404     404     200     200     404     404     404     404
PATCH  api:savedsearch-detail                403     404     404     200     403     404     404     404     404
DELETE api:savedsearch-detail                403     404     404     204     403     404     404     404     404
GET    api:block-list                        403     200     200     200     200     200     200     200     200
POST   api:block-list                        403     201     403     403     403     403     403     403     403
GET    api:block-detail                      403     200     404     404     404     404     404     404     404
DELETE api:block-detail                      403     204     404     404     404     404     404     404     404
GET    api:report-list                       403     200     200     200     200     200     200     200     200
POST   api:report-list                       403     201     201     201     201     201     201     201     201
GET    api:report-detail                     403     200     404     404     404     404     404     404     200
POST   api:report-settle                     403     403     403     403     403     403     403     403     200
GET    api:messages                          403     200     200     200     200     404     404     404     200
POST   api:messages                          403     201     403     201     403     404     404     404     403
GET    api:attachment                        403     200     200     200     200     404     404     404     200
GET    api:documents                         403     200     200     200     200     200     200     200     200
GET    api:document-file                     403     200     200     200     200     403     403     403     200
POST   api:document-ask                      403     403     403     200     403     403     403     403     403
GET    api:claims                            403     200     200     200     200     200     200     200     200
GET    api:company-team                      403     200     200     404     404     404     404     404     200
POST   api:company-invitations               403     201     403     404     404     404     404     404     201
DELETE api:company-invitation                403     204     403     404     404     404     404     404     204
PATCH  api:company-member                    403     200     403     404     404     404     404     404     200
DELETE api:company-member                    403     204     204     404     404     404     404     404     204
GET    api:company-claims                    403     200     403     404     404     404     404     404     200
POST   api:company-claims                    403     403     403     201     201     201     409     201     201
POST   api:company-claim-decide              403     200     403     403     403     403     403     403     200
POST   api:company-claim-withdraw            403     403     403     403     403     403     200     403     403
GET    api:investor-team                     403     404     404     200     200     404     404     404     200
POST   api:investor-invitations              403     404     404     201     403     404     404     404     201
DELETE api:investor-invitation               403     404     404     204     403     404     404     404     204
PATCH  api:investor-member                   403     404     404     200     403     404     404     404     200
DELETE api:investor-member                   403     404     404     204     204     404     404     404     204
GET    api:investor-claims                   403     404     404     200     403     404     404     404     200
POST   api:investor-claims                   403     201     201     403     403     409     201     201     201
POST   api:investor-claim-decide             403     403     403     200     403     403     403     403     200
POST   api:investor-claim-withdraw           403     403     403     403     403     200     403     403     403
"""


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """Return role → outcome by method and name."""
    found = {}
    for line in TABLE.splitlines():
        if line[:1].isupper():
            method, name, *cells = line.split()
            assert len(cells) == len(ROLES), line
            assert (method, name) not in found, line
            found[method, name] = dict(zip(ROLES, cells, strict=True))
    return found


# The addresses that name one record, by whose number they carry.
NUMBERS = {
    "company": [
        "companies:detail", "companies:logo", "companies:edit", "companies:confirm", "deals:preview", "matching:for_company",
        "matching:look_up_investor", "matching:advice_for_company", "matching:compare", "matching:companies_like",
        "api:company-detail", "api:for_company", "api:company-team", "api:company-invitations", "api:company-claims",
    ],
    "second_company": ["companies:raise_create"],
    "raise_": ["companies:raise_edit", "companies:raise_end", "api:raise-detail", "api:raise-end", "api:documents"],
    "investor_firm": [
        "investors:detail", "investors:edit", "investors:confirm", "investors:thesis_create", "matching:for_investor",
        "deals:pipeline", "deals:pipeline_table", "deals:pipeline_add", "deals:searches", "deals:search_save",
        "matching:look_up_company", "matching:advice_for_investor", "matching:investors_like",
        "matching:compare_companies", "api:investor-detail", "api:for_investor", "api:investor-team",
        "api:investor-invitations", "api:investor-claims",
    ],
    "thesis": ["investors:thesis_edit", "investors:thesis_delete", "api:thesis-detail"],
    "introduction": [
        "deals:introduction", "deals:introduction_accept", "deals:introduction_decline",
        "deals:introduction_withdraw", "api:introduction-detail", "api:introduction-accept",
        "api:introduction-decline", "api:introduction-withdraw",
    ],
    "deal": [
        "deals:detail", "deals:edit", "deals:withdraw", "deals:object", "deals:confirm", "deals:verify",
        "deals:reject", "deals:take_up", "deals:unmerge", "api:deal-detail", "api:deal-withdraw", "api:deal-object", "api:deal-confirm",
        "api:deal-verify", "api:deal-reject", "api:deal-correct", "api:deal-merge", "api:deal-unmerge",
        "api:deal-keep-apart", "api:deal-take-up",
    ],
    "listing": [
        "deals:listing", "deals:listing_edit", "deals:listing_withdraw", "deals:listing_verify",
        "deals:listing_reject", "deals:listing_object", "deals:listing_confirm", "api:listing-detail",
        "api:listing-withdraw", "api:listing-verify", "api:listing-reject", "api:listing-correct",
        "api:listing-confirm", "api:listing-object", "deals:listing_take_up", "api:listing-take-up",
    ],
    "card": [
        "deals:pipeline_card", "deals:pipeline_move", "deals:pipeline_undo", "deals:pipeline_edit",
        "deals:pipeline_note", "deals:pipeline_task", "deals:pipeline_remove", "api:pipelinecard-detail",
        "api:pipelinecard-move",
    ],
    "task": ["deals:pipeline_tick"],
    "search": ["deals:search_change", "deals:search_delete", "api:savedsearch-detail"],
    "met": ["api:messages"],
    "attachment": ["api:attachment"],
    "document": ["api:document-file"],
    "block": ["api:block-detail"],
    "report": ["api:report-detail", "api:report-settle"],
    "run": ["matching:run", "matching:run_publish", "matching:run_discard", "matching:run_roll_back"],
    "notification": ["notification"],
}  # fmt: skip


def number(record: str):
    return lambda scene: [getattr(scene, record).pk]


def twin(scene: SimpleNamespace) -> Deal:
    """A second record of the deal, made when an address names two."""
    return Deal.objects.create(company=scene.company, round_id="a", announced_on=scene.deal.announced_on)


def closed_document(scene: SimpleNamespace) -> Document:
    """A document that founder's company shows by name only, after it met the investor."""
    Introduction.objects.filter(pk=scene.introduction.pk).update(status="accepted", answered_at=timezone.now())
    return documents.add(scene.founder, scene.raise_, picture(), "Contracts", "data_room", "granted")


def picture(name: str = "mark.png") -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


# What stands in an address beside its name, from the scene.
ARGUMENTS = {
    "account_confirm_email": lambda scene: ["a-key"],
    # Nobody's: whose own it is, is asked by the name of the owner in any case.
    "mfa_remove_webauthn": lambda scene: [1],
    "mfa_edit_webauthn": lambda scene: [1],
    "account_reset_password_from_key": lambda scene: ["a", "a-key"],
    **{name: number(record) for record, names in NUMBERS.items() for name in names},
    **dict.fromkeys(
        ["matching:investor_for_company", "matching:pass_on_investor", "api:investor_for_company"],
        lambda scene: [scene.company.pk, scene.investor_firm.pk],
    ),
    **dict.fromkeys(
        ["matching:company_for_investor", "matching:pass_on_company", "api:company_for_investor"],
        lambda scene: [scene.investor_firm.pk, scene.company.pk],
    ),
    **dict.fromkeys(
        ["deals:compare", "deals:merge", "deals:keep_apart", "deals:no_longer_apart"],
        lambda scene: [scene.deal.pk, twin(scene).pk],
    ),
    **{
        f"{app}:{name}": lambda scene, app=app, of=of: [of(scene.teams[app])]
        for app in ("companies", "investors")
        for name, of in {
            "member_role": lambda team: team.viewer.pk,
            "member_remove": lambda team: team.viewer.pk,
            "invitation_withdraw": lambda team: team.invitation.pk,
            "invitation": lambda team: links.token(team.invitation),
            "claim_decide": lambda team: team.claim.pk,
            "claim_withdraw": lambda team: team.claim.pk,
            "claim_proof": lambda team: links.token(team.claim),
        }.items()
    },
    **{
        f"{app}:verification{name}": lambda scene, app=app: [scene.teams[app].party.pk]
        for app in ("companies", "investors")
        for name in ("", "_withdraw", "_verify", "_refuse", "_take")
    },
    **{
        f"{app}:verification_file": lambda scene, app=app: [scene.teams[app].verification.pk]
        for app in ("companies", "investors")
    },
    "view_as": lambda scene: [scene.founder.pk],
    "companies:create_step": lambda scene: ["what"],
    "investors:create_step": lambda scene: ["what"],
    **{
        f"api:{kind}-{name}": lambda scene, app=app, party=party, of=of: [
            getattr(scene, party).pk,
            of(scene.teams[app]),
        ]
        for kind, app, party in (("company", "companies", "company"), ("investor", "investors", "investor_firm"))
        for name, of in {
            "invitation": lambda team: team.invitation.pk,
            "member": lambda team: team.viewer.pk,
            "claim-decide": lambda team: team.claim.pk,
            "claim-withdraw": lambda team: team.claim.pk,
        }.items()
    },
    "companies:claim": lambda scene: [scene.company.pk],
    "investors:claim": lambda scene: [scene.investor_firm.pk],
    "companies:team": lambda scene: [scene.company.pk],
    "companies:invite": lambda scene: [scene.company.pk],
    "investors:team": lambda scene: [scene.investor_firm.pk],
    "investors:invite": lambda scene: [scene.investor_firm.pk],
    "unsubscribe": lambda scene: [Signer(salt="unsubscribe").sign(f"{scene.founder.pk}:deals")],
    "deals:message_post": lambda scene: [scene.met.pk],
    "deals:attachment": lambda scene: [scene.attachment.pk],
    "deals:unblock": lambda scene: [scene.block.pk],
    "deals:report": lambda scene: ["investor", scene.third_investor.pk],
    "deals:report_settle": lambda scene: [scene.report.pk],
    "deals:document_add": lambda scene: [scene.raise_.pk],
    **{
        f"deals:document{name}": lambda scene: [scene.document.pk]
        for name in ("", "_edit", "_remove", "_log", "_let_in")
    },
    **dict.fromkeys(["deals:document_ask", "api:document-ask"], lambda scene: [closed_document(scene).pk]),
    "deals:document_shut_out": lambda scene: [scene.document.accesses.get(investor=scene.investor_firm).pk],
    "deals:suggest": lambda scene: ["companies"],
    "deals:topic": lambda scene: ["venture"],
    "deals:figure_file": lambda scene: ["V1", "csv"],
    "deals:figure_rows": lambda scene: ["V1"],
    "deals:figure_rows_file": lambda scene: ["V1", "csv"],
    "deals:list_file": lambda scene: ["xlsx"],
    "deals:listings_file": lambda scene: ["csv"],
    "outbox_message": lambda scene: [scene.message],
    "api:scheme-detail": lambda scene: ["industrial-internet"],
    "api:scheme-tree": lambda scene: ["industrial-internet"],
    "api:category-detail": lambda scene: [scene.security.pk],
    "api:figure-detail": lambda scene: ["V1"],
    "api:region-detail": lambda scene: ["CN-JS"],
    "api:round-detail": lambda scene: ["a"],
    "api:board-detail": lambda scene: ["star"],
    "api:currency-detail": lambda scene: ["CNY"],
}


STATISTICS = {
    "deals:statistics", "deals:study", "deals:topic", "deals:figure_file", "deals:figure_rows", "deals:figure_rows_file",
    "api:figure-detail",
}  # fmt: skip


def place(scene: SimpleNamespace, name: str) -> str:
    """Return the address of a row."""
    if name == "admin:*":
        return reverse("admin:index")
    path = reverse(name, args=ARGUMENTS.get(name, lambda scene: [])(scene))
    if name == "deals:introduction_ask":
        path += f"?company={scene.company.pk}&investor={scene.third_investor.pk}"
    if name == "matching:compare":
        path += f"?with={scene.investor_firm.pk}&with={scene.third_investor.pk}"
    if name == "matching:compare_companies":
        path += f"?with={scene.company.pk}&with={scene.other_company.pk}"
    if name == "deals:find":
        path += "?q=磐石"
    if name in STATISTICS:
        # The deal of the scene lies in this year.
        path += "?since=2022-01-01&until=2022-12-31&column=events"
    return path


RAISE_FORM = {"round": "a", "currency": "CNY", "amount_audience": "members"}
PASSWORD = "another long secret 8"


def answered(scene) -> dict:
    return {"company": scene.company.pk, "investor": scene.investor_firm.pk, "side": "investor", "kind": "saved"}


# The least that is valid, so that the outcome says who is entitled and not what was forgotten.
PAYLOADS = {
    "POST account_login": lambda scene: {"login": "fang@example.com", "password": scene.password},
    "POST account_signup": lambda scene: {
        "email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD, "full_name": "Nan", "role": "startup"
    },
    "POST account_reauthenticate": lambda scene: {"password": scene.password},
    "POST account_email": lambda scene: {"action_add": "", "email": "second@example.com"},
    "POST account_change_password": lambda scene: {
        "oldpassword": scene.password, "password1": PASSWORD, "password2": PASSWORD
    },
    "POST view_as": lambda scene: {"reason": "The founder sees no list"},
    **{
        f"POST {app}:verification{name}": lambda scene, given=given: given
        for app in ("companies", "investors")
        for name, given in {
            "": {"note": "In the register"}, "_verify": {"facts": ["name"]}, "_refuse": {"reason": "code"}
        }.items()
    },
    "POST settings": lambda scene: {"full_name": "Nan", "language": "en", "time_zone": "Asia/Shanghai"},
    "POST set_language": lambda scene: {"language": "en"},
    "POST companies:create": lambda scene: {
        "short_en": "Nova", "summary_en": "Valves", "region": scene.company.region_id, "primary": scene.security.pk
    },
    "POST companies:create_step": lambda scene: {"summary_en": "Valves", "primary": scene.security.pk},
    "POST companies:edit": lambda scene: {
        "short_zh": "磐石", "summary_zh": "防火墙", "region": scene.company.region_id, "primary": scene.security.pk
    },
    "POST companies:raise_create": lambda scene: RAISE_FORM,
    "POST companies:raise_edit": lambda scene: RAISE_FORM,
    "POST companies:raise_end": lambda scene: {"status": "closed"},
    **{
        f"POST {app}:{name}": lambda scene: {"email": "nan@example.com", "role": "editor"}
        for app in ("companies", "investors")
        for name in ("invite", "member_role")
    },
    "POST companies:claim": lambda scene: {"position": "CFO"},
    "POST investors:claim": lambda scene: {"position": "Partner"},
    **dict.fromkeys(
        ["POST companies:claim_decide", "POST investors:claim_decide"], lambda scene: {"confirmed": "1"}
    ),
    "POST investors:create": lambda scene: {"name_en": "Nova Fund", "type": "venture"},
    "POST investors:edit": lambda scene: {"name_en": "Far Shore", "type": "venture"},
    "POST investors:thesis_create": lambda scene: {"categories": [scene.security.pk], "currency": "CNY"},
    "POST investors:thesis_edit": lambda scene: {"categories": [scene.security.pk], "currency": "CNY"},
    "POST deals:introduction_ask": lambda scene: {"message": "Shall we meet?"},
    "POST deals:introduction_decline": lambda scene: {"decline_reason": "ticket"},
    "POST deals:message_post": lambda scene: {"text": "Tuesday?", "key": str(uuid4())},
    "POST deals:block": lambda scene: {"company": scene.company.pk, "investor": scene.investor_firm.pk},
    "POST deals:report": lambda scene: {"reason": "spam", "text": "Forty mails a day."},
    "POST deals:report_settle": lambda scene: {f"{scene.report.pk}-status": "dismissed"},
    "POST deals:document_add": lambda scene: {"file": picture(), "kind": "teaser", "audience": "verified"},
    "POST deals:document_edit": lambda scene: {"title": "Plan", "kind": "plan", "audience": "introduced"},
    "POST deals:document_let_in": lambda scene: {"investor": scene.other_investor_firm.pk},
    "POST deals:record": lambda scene: {
        "company": "磐石工控安全", "kind": "venture", "round": "b", "announced": "2022-08", "amount": "undisclosed",
        "currency": "CNY", "amount_audience": "everyone", "part-TOTAL_FORMS": "1", "part-INITIAL_FORMS": "0",
        "part-0-investor": "远岸资本",
    },
    "POST deals:edit": lambda scene: {
        "company": "磐石工控安全", "kind": "venture", "round": "a", "announced": "2020-08", "amount": "1600万元",
        "currency": "CNY", "amount_audience": "everyone", "part-TOTAL_FORMS": "1", "part-INITIAL_FORMS": "0",
        "part-0-investor": "远岸资本",
    },
    "POST deals:object": lambda scene: {"objection": "It was round B."},
    "POST deals:reject": lambda scene: {"reject_reason": "wrong"},
    "POST deals:listing_record": lambda scene: {
        "company": "磐石工控安全", "board": "hkex", "listed": "2023", "currency": "CNY",
    },
    "POST deals:listing_edit": lambda scene: {"board": "star", "listed": "2022-08", "currency": "CNY"},
    "POST deals:listing_object": lambda scene: {"objection": "It is on another board."},
    "POST deals:listing_reject": lambda scene: {"reject_reason": "wrong"},
    "POST deals:search_save": lambda scene: {"name": "Near us", "query": "region=CN-JS"},
    "POST deals:search_change": lambda scene: {"name": "Near us", "alerts": "on"},
    "POST deals:pipeline_add": lambda scene: {"company": f"#{scene.company.pk}", "stage": "reviewing"},
    "POST deals:pipeline_move": lambda scene: {"stage": "meeting", "version": 1},
    "POST deals:pipeline_undo": lambda scene: {"version": 1},
    "POST deals:pipeline_edit": lambda scene: {"version": 1, "next_step": "Call them"},
    "POST deals:pipeline_note": lambda scene: {"text": "A good talk."},
    "POST deals:pipeline_task": lambda scene: {"text": "Ask for the accounts"},
    "POST deals:pipeline_tick": lambda scene: {"done": "1"},
    "POST matching:feedback": answered,
    "POST matching:note": lambda scene: answered(scene) | {"note": "Ask about the fund"},
    "POST matching:attention": lambda scene: {"max_share": "10", "max_loss": "", "floor": "50"},
    "POST api:feedback": answered,
    "POST api:company-list": lambda scene: {
        "short_en": "Nova", "summary_en": "Valves", "primary_category": "industrial-internet/security"
    },
    "PATCH api:company-detail": lambda scene: {"city": "苏州"},
    "POST api:raise-list": lambda scene: {"company": scene.second_company.pk, "round": "a"},
    "PATCH api:raise-detail": lambda scene: {"use_of_funds": "A second line"},
    "POST api:raise-end": lambda scene: {"status": "closed"},
    "POST api:investor-list": lambda scene: {"name_en": "Nova Fund"},
    "PATCH api:investor-detail": lambda scene: {"city": "上海"},
    "POST api:thesis-list": lambda scene: {
        "investor": scene.investor_firm.pk, "categories": ["industrial-internet/security"]
    },
    "PATCH api:thesis-detail": lambda scene: {"title": "Early"},
    "POST api:introduction-list": lambda scene: {
        "company": scene.company.pk, "investor": scene.third_investor.pk, "message": "Shall we meet?"
    },
    "POST api:introduction-decline": lambda scene: {"decline_reason": "ticket"},
    "POST api:deal-list": lambda scene: {
        "company": scene.company.pk, "round": "a", "announced": "2020-08", "amount": {"kind": "undisclosed"},
        "investors": [{"investor": scene.investor_firm.pk}], "different": True,
    },
    "POST api:deal-correct": lambda scene: {
        "company": scene.company.pk, "round": "a", "announced": "2020-08", "amount": "1600万元",
        "investors": [{"investor": scene.investor_firm.pk}],
    },
    "POST api:deal-merge": lambda scene: {"other": twin(scene).pk},
    "POST api:deal-keep-apart": lambda scene: {"other": twin(scene).pk},
    "POST api:deal-object": lambda scene: {"objection": "It was round B."},
    "POST api:deal-reject": lambda scene: {"reject_reason": "wrong"},
    "POST api:pipelinecard-list": lambda scene: {
        "investor": scene.investor_firm.pk, "company": scene.company.pk
    },
    "POST api:pipelinecard-move": lambda scene: {"stage": "meeting", "version": 1},
    "POST api:listing-list": lambda scene: {"company": scene.company.pk, "board": "hkex", "listed": "2023"},
    "POST api:listing-correct": lambda scene: {"board": "star", "listed": "2022-08"},
    "POST api:listing-object": lambda scene: {"objection": "It is on another board."},
    "POST api:listing-reject": lambda scene: {"reject_reason": "wrong"},
    "POST api:savedsearch-list": lambda scene: {
        "investor": scene.investor_firm.pk, "name": "Near us", "query": {"region": "CN-JS"}
    },
    "PATCH api:savedsearch-detail": lambda scene: {"alerts": True},
    "POST api:block-list": lambda scene: {"company": scene.company.pk, "investor": scene.third_investor.pk},
    "POST api:report-list": lambda scene: {
        "investor": scene.third_investor.pk, "reason": "spam", "text": "Forty mails."
    },
    "POST api:report-settle": lambda scene: {"status": "upheld"},
    "POST api:messages": lambda scene: {"text": "Thank you."},
    **{
        f"{method} api:{kind}-{name}": lambda scene, body=body: body
        for kind in ("company", "investor")
        for method, name, body in (
            ("POST", "invitations", {"email": "nan@example.com", "role": "editor"}),
            ("PATCH", "member", {"role": "editor"}),
            ("POST", "claims", {"position": "Partner"}),
            ("POST", "claim-decide", {"confirmed": True}),
        )
    },
    "POST account_reset_password": lambda scene: {"email": "fang@example.com"},
}  # fmt: skip


def payload(scene: SimpleNamespace, method: str, name: str) -> dict:
    return PAYLOADS.get(f"{method} {name}", lambda scene: {})(scene)


def team(owner, party, viewer, invited: str, claimant) -> SimpleNamespace:
    return SimpleNamespace(
        viewer=party.memberships.get(user=viewer),
        invitation=teams.invite(owner, party, invited, MemberRole.EDITOR),
        claim=claims.claim(claimant, party, "Partner"),
        party=party,
        verification=verification.ask(owner, party, note="In the register", file=picture()),
    )


def stage(cast: SimpleNamespace) -> SimpleNamespace:
    """Return the cast with what happens between them.

    Founder and investor: an introduction that waits for the investor, a deal that the founder has recorded and a
    listing of the founder's company that an administrator has.
    In the investor's pipeline stands another company, with a task.
    `second_company` is the founder's too and raises nothing; `third_investor` knows nobody yet.
    """
    introduction = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Shall we meet?")
    deal = actions.record_deal(
        cast.founder,
        company=cast.company,
        round=Round.objects.get(pk="a"),
        announced=parse_date("2020-07"),
        amount=parse_amount("1500万元"),
        investors=[(cast.investor_firm, True)],
    )
    # It counts, so that strangers read it; what one side alone says is kept from them (`test_leaks`).
    Deal.objects.filter(pk=deal.pk).update(status=Deal.Status.REPORTED, established_at=deal.recorded_at)
    deal.refresh_from_db()
    listing = listings.record(
        cast.administrator, company=cast.company, board=Board.objects.get(pk="star"), listed=parse_date("2022-07")
    )
    card, _made = pipeline.add(cast.investor, cast.investor_firm, cast.other_company)
    task = pipeline.add_task(cast.investor, card, "Call them")
    search = searches.save(cast.investor, cast.investor_firm, "Robots", {"category": "devices"})
    cast.company.logo.save("mark.png", picture())
    second = Company.objects.create(short_zh="磐石云", short_en="Panshi Cloud")
    for user, role in ((cast.founder, MemberRole.OWNER), (cast.company_viewer, MemberRole.VIEWER)):
        second.memberships.create(user=user, role=role)
    met = actions.accept(cast.founder, actions.ask_introduction(cast.investor, second, cast.investor_firm, "Well met?"))
    message = conversation.post(cast.founder, met, "Here it is.", [picture()], uuid4())
    document = documents.add(cast.founder, cast.raise_, picture(), "Teaser", "teaser", "granted")
    documents.let_in(cast.founder, document, cast.investor_firm)
    Access.objects.create(document=document, investor=cast.other_investor_firm, status="asked")
    third = Investor.objects.create(name_en="Quiet Fund", name_zh="静水基金")
    # The founder has begun two more profiles; nobody else is further than the first step.
    for kind in ("company", "investor"):
        drafts.keep(cast.founder, kind, {"city": "未竟之地"}, "what")
    EmailMessage("Welcome", "Hello", to=["nan@example.com"], connection=EmailBackend()).send()
    (mail,) = settings.OUTBOX_DIR.iterdir()
    return SimpleNamespace(
        **vars(cast),
        password="a long enough secret 7",
        introduction=introduction,
        deal=deal,
        listing=listing,
        card=card,
        task=task,
        search=search,
        second_company=second,
        third_investor=third,
        met=met,
        attachment=message.attachments.get(),
        document=document,
        block=conduct.block(cast.founder, second, third),
        report=conduct.report(cast.founder, cast.other_investor_firm, "spam", "Forty mails."),
        notification=Notification.objects.create(user=cast.founder, kind="welcome", path="/home/"),
        run=ModelRun.objects.create(
            as_of="2026-01-01",
            status=ModelRun.Status.FAILED,
            error="Nothing to match",
            figures={"quality": quality(), "promotion": {"decision": "publish", "why": "first"}},
        ),
        message=mail.name,
        teams={
            "companies": team(cast.founder, cast.company, cast.company_viewer, "sun@example.com", cast.other_investor),
            "investors": team(
                cast.investor, cast.investor_firm, cast.investor_viewer, "shi@example.com", cast.other_founder
            ),
        },
    )
